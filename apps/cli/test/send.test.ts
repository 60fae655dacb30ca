/** `valetkey send` against real stores: the link with curl, interruptions with real signals. */
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { HeadObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import {
  createBucket,
  putObject,
  requireEngine,
  s3Admin,
  startFaultLayer,
  type FaultLayer,
} from '@valetkey/testbed';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';

import { startValetkey, type RunOptions } from './valetkey-process.ts';

/** Three parts of 8 MiB. */
const big = randomBytes(20 * 1024 * 1024);
const profiles = { seaweedfs: 'seaweedfs', versitygw: 's3' } as const;

describe.each(['seaweedfs', 'versitygw'] as const)('send to %s', (engine) => {
  const s3 = requireEngine(inject('engines'), engine);
  const bucket = `send-${randomUUID()}`;
  const admin = s3Admin(s3);
  let layer: FaultLayer;
  let folder: string;

  beforeAll(async () => {
    await createBucket(s3, bucket);
    layer = await startFaultLayer({ target: s3.endpoint });
  });
  afterAll(async () => {
    admin.destroy();
    await layer.stop();
  });
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'valetkey-send-'));
    writeFileSync(path.join(folder, 'big.bin'), big);
    writeFileSync(path.join(folder, 'report.pdf'), 'pdf');
    writeFileSync(
      path.join(folder, 'valetkey.yaml'),
      `stores:\n  box: { profile: ${profiles[engine]}, endpoint: "${layer.endpoint}", region: ${s3.region}, addressing: path }\n`,
    );
  });
  afterEach(() => {
    layer.clear();
    rmSync(folder, { recursive: true });
  });

  const words = (file: string, to: string, args: readonly string[]) => [
    'send',
    file,
    `s3://${bucket}/${to}`,
    '--config',
    'valetkey.yaml',
    ...args,
  ];
  const start = (file: string, to: string, args: readonly string[] = [], options: RunOptions = {}) =>
    startValetkey(words(file, to, args), { s3, folder, ...options });
  const send = (file: string, to: string, ...args: readonly string[]) => start(file, to, args).finished;
  const curl = async (url: string) => {
    const file = path.join(folder, 'fetched');
    await promisify(execFile)('curl', ['--silent', '--fail', '--output', file, url.trim()]);
    return readFileSync(file);
  };
  const typeOf = async (key: string) =>
    (await admin.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))).ContentType;
  const exists = (key: string) =>
    typeOf(key).then(
      () => true,
      (error: Error) => (error.name === 'NotFound' ? false : error),
    );
  const openUploads = async () =>
    (await admin.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? [];
  const parts = (key: string) =>
    layer.log().filter(({ method, path: of }) => method === 'PUT' && of === `/${bucket}/${key}`).length;

  test('the link is alone on standard output, opens with curl, and its end is told', async () => {
    const { code, stdout, stderr } = await send('report.pdf', 'for-ann/', '--expires-in', '2h');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^http:\S+X-Amz-Expires=7200\S+\n$/);
    expect(stderr).toMatch(
      new RegExp(
        `^valetkey: note: sent 3 B to s3://${bucket}/for-ann/report\\.pdf; the link ends at \\S+Z\n$`,
      ),
    );
    expect((await curl(stdout)).toString()).toBe('pdf');
    expect(await typeOf('for-ann/report.pdf')).toBe('application/pdf');
  });

  test('a large file goes in parts, of which a broken one is sent again', async () => {
    layer.script([
      { when: { method: 'PUT', from: 1 }, fault: { kind: 'reset', at: 'body', afterBytes: 100_000 } },
      { when: { method: 'PUT' }, fault: { kind: 'status', status: 503 } },
    ]);
    const { code, stdout } = await send('big.bin', 'large.bin', '--json');
    expect(code).toBe(0);
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({
      bucket,
      key: 'large.bin',
      bytes: big.length,
      method: 'GET',
      limitedBy: 'asked',
    });
    expect((await curl(answer.url)).equals(big)).toBe(true);
    expect([parts('large.bin'), await openUploads()]).toEqual([5, []]);
  });

  test('a small file of which the beginning got through is sent again; one that may be there is not', async () => {
    writeFileSync(path.join(folder, 'half.bin'), big.subarray(0, 3_000_000));
    layer.script([{ when: { method: 'PUT' }, fault: { kind: 'reset', at: 'body', afterBytes: 100_000 } }]);
    const again = await send('half.bin', 'again.bin');
    expect((await curl(again.stdout)).equals(big.subarray(0, 3_000_000))).toBe(true);
    layer.script([{ when: { method: 'PUT' }, fault: { kind: 'lost-answer' } }]);
    const { code } = await send('report.pdf', 'lost.pdf');
    expect([code, parts('lost.pdf')]).toEqual(engine === 'seaweedfs' ? [1, 1] : [0, 2]);
  });

  test.each([
    ['a little', Buffer.from('from a pipe')],
    ['nothing', Buffer.alloc(0)],
    ['much', big],
  ])('%s of standard input becomes an object with the name that was given', async (title, stdin) => {
    const to = `piped-${title.replace(' ', '-')}/`;
    const { code, stdout } = await start('-', to, ['--name', '../photos.tgz'], { stdin }).finished;
    expect(code).toBe(0);
    expect((await curl(stdout)).equals(stdin)).toBe(true);
    expect(new URL(stdout.trim()).pathname).toBe(`/${bucket}/${to}photos.tgz`);
  });

  test.each([
    ['small', 'report.pdf'],
    ['large', 'big.bin'],
  ])('an object that is there is not replaced by a %s file, unless it is asked for', async (title, file) => {
    const key = `taken-${title}`;
    await putObject(s3, { bucket, key, body: 'precious' });
    const { code, stdout, stderr } = await send(file, key);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('already-exists: The object exists already');
    expect(await openUploads()).toEqual([]);
    const replaced = await send(file, key, '--force');
    expect((await curl(replaced.stdout)).equals(readFileSync(path.join(folder, file)))).toBe(true);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s in the middle leaves no part, says so and ends with 130',
    async (signal) => {
      const key = `stopped-${signal}.bin`;
      layer.script([{ when: { method: 'PUT', from: 1 }, times: Infinity, fault: { kind: 'black-hole' } }]);
      const { child, finished } = start('big.bin', key);
      await expect.poll(() => parts(key)).toBe(3);
      expect(await openUploads()).toHaveLength(1);
      child.kill(signal);
      expect(await finished).toMatchObject({
        code: 130,
        stdout: '',
        stderr:
          'valetkey: note: the multipart upload was aborted; none of its parts stays in the bucket\nvaletkey: interrupted: The command was interrupted\n',
      });
      expect([await openUploads(), await exists(key)]).toEqual([[], false]);
    },
  );

  test('a file that changes in the middle is refused, and nothing of it stays', async () => {
    layer.script([{ when: { method: 'PUT' }, times: Infinity, fault: { kind: 'black-hole' } }]);
    const { finished } = start('big.bin', 'changed.bin');
    await expect.poll(() => parts('changed.bin')).toBe(3);
    appendFileSync(path.join(folder, 'big.bin'), 'more');
    layer.clear();
    const { code, stderr } = await finished;
    expect(code).toBe(1);
    expect(stderr).toContain('valetkey: file-changed: The file changed while it was read: "big.bin"');
    expect([await openUploads(), await exists('changed.bin')]).toEqual([[], false]);
  });

  test('a store that stops taking parts ends with a reason and an aborted upload', async () => {
    layer.script([{ when: { method: 'PUT' }, times: Infinity, fault: { kind: 'status', status: 503 } }]);
    const { code, stderr } = await send('big.bin', 'never.bin');
    expect(code).toBe(1);
    expect(stderr).toMatch(/was aborted; none of its parts stays.*\nvaletkey: store-unavailable: /);
    layer.clear();
    expect(await openUploads()).toEqual([]);
  });

  test('an upload that cannot be aborted is told of', async () => {
    layer.script([
      { when: { method: 'PUT' }, times: Infinity, fault: { kind: 'status', status: 403 } },
      { when: { method: 'DELETE' }, times: Infinity, fault: { kind: 'status', status: 500 } },
    ]);
    const { stderr } = await send('big.bin', 'left.bin');
    expect(stderr).toContain(
      'could not be aborted (store-unavailable); its parts stay until a lifecycle rule',
    );
  });

  test('wrong credentials and a lifetime over 7 days are told before a byte is read', async () => {
    const before = layer.log().length;
    expect(await send('report.pdf', 'x/', '--expires-in', '8d')).toMatchObject({ code: 2 });
    expect(layer.log()).toHaveLength(before);
    const wrong = await start('report.pdf', 'x/', [], { environment: { AWS_SECRET_ACCESS_KEY: 'canary' } })
      .finished;
    expect(wrong).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('store-refused') });
    expect(wrong.stderr).not.toContain('canary');
  });

  test('--qr draws the code above the link', async () => {
    const { stdout } = await send('report.pdf', 'qr/', '--qr');
    expect(stdout).toMatch(/^[\s▄▀█]+\nhttp:\S+\n$/);
  });
});
