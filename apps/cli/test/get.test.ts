/** `valetkey get` against real stores, through a proxy that breaks connections where a test says so. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { systemClock } from '@valetkey/core';
import { presign } from '@valetkey/core/signing';
import { createBucket, putObject, requireEngine, startFaultLayer, type FaultLayer } from '@valetkey/testbed';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';

import { runValetkey, startValetkey } from './valetkey-process.ts';

const big = randomBytes(3 * 1024 * 1024);

interface UrlOptions {
  readonly expiresInSeconds?: number;
  readonly agoMs?: number;
  readonly secret?: string;
  readonly method?: 'GET' | 'PUT';
  readonly query?: Readonly<Record<string, string>>;
}

describe.each(['seaweedfs', 'versitygw'] as const)('get from %s', (engine) => {
  const s3 = requireEngine(inject('engines'), engine);
  const bucket = `get-${randomUUID()}`;
  let layer: FaultLayer;
  let folder: string;

  beforeAll(async () => {
    await createBucket(s3, bucket);
    await putObject(s3, { bucket, key: 'vision/weights.bin', body: big });
    await putObject(s3, { bucket, key: 'empty', body: '' });
    layer = await startFaultLayer({ target: s3.endpoint });
  });
  afterAll(() => layer.stop());
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'valetkey-get-'));
  });
  afterEach(() => {
    layer.clear();
    rmSync(folder, { recursive: true });
  });

  const url = (
    key = 'vision/weights.bin',
    {
      expiresInSeconds = 600,
      agoMs = 0,
      secret = s3.secretAccessKey,
      method = 'GET',
      query = {},
    }: UrlOptions = {},
  ) =>
    presign(
      {
        method,
        query,
        endpoint: layer.endpoint,
        region: s3.region,
        addressing: 'path',
        bucket,
        key,
        expiresInSeconds,
        keyRules: { syntax: 'raw' },
      },
      { accessKeyId: s3.accessKeyId, secretAccessKey: secret },
      { nowMs: systemClock.now() - agoMs },
    ).reveal();
  const get = (stdin: string, ...args: readonly string[]) => runValetkey(['get', ...args], { stdin, folder });
  const requests = () => layer.log().filter(({ path: of }) => of.startsWith(`/${bucket}/`)).length;

  test('-O makes a file of the owner alone, named after the object, and says so', async () => {
    const { code, stdout, stderr } = await get(`${url()}\n`, '-O');
    expect([code, stdout, stderr]).toEqual([
      0,
      '',
      `valetkey: note: wrote ${big.length} bytes to "weights.bin"\n`,
    ]);
    const file = path.join(folder, 'weights.bin');
    expect(readFileSync(file).equals(big)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['weights.bin']);
  });

  test('without a name the bytes go to standard output, and nothing else does', async () => {
    const { code, bytes, stderr } = await get(url(), '-');
    expect([code, stderr, bytes.equals(big)]).toEqual([0, '', true]);
  });

  test('a file holds the URL, as a mounted Secret does; an empty object is a file too', async () => {
    writeFileSync(path.join(folder, 'empty.url'), url('empty'));
    const { code } = await get('', '--url-file', 'empty.url', '-o', 'out');
    expect([code, readFileSync(path.join(folder, 'out'), 'utf8')]).toEqual([0, '']);
  });

  test('a connection that breaks again and again goes on where it broke', async () => {
    const before = requests();
    layer.script([
      { when: {}, fault: { kind: 'cut-answer', afterBytes: 1_000_000 } },
      { when: {}, fault: { kind: 'reset' } },
      { when: {}, fault: { kind: 'cut-answer', afterBytes: 500_000 } },
    ]);
    const { code, stderr } = await get(url(), '-o', 'out');
    expect([code, stderr]).toEqual([0, '']);
    expect(digest(readFileSync(path.join(folder, 'out')))).toBe(digest(big));
    expect(requests() - before).toBe(4);
  });

  test('an object that was replaced meanwhile is fetched from its start, never joined', async () => {
    const key = `changing-${randomUUID()}`;
    const [old, replaced] = [randomBytes(1024 * 1024), randomBytes(1024 * 1024)];
    await putObject(s3, { bucket, key, body: old });
    layer.script([
      { when: {}, fault: { kind: 'cut-answer', afterBytes: 300_000 } },
      { when: {}, fault: { kind: 'black-hole' } },
    ]);
    const before = requests();
    const running = get(url(key), '-o', 'out');
    await expect.poll(() => requests() - before).toBe(2);
    await putObject(s3, { bucket, key, body: replaced });
    layer.clear();
    expect(await running).toMatchObject({ code: 0 });
    expect(digest(readFileSync(path.join(folder, 'out')))).toBe(digest(replaced));
  });

  test('a store that is never there ends with a reason, and leaves no file', async () => {
    layer.script([{ when: {}, times: Infinity, fault: { kind: 'cut-answer', afterBytes: 0 } }]);
    const { code, stderr } = await get(url(), '-o', 'out');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^valetkey: store-unavailable: .*expected a connection that lasts, got ECONNRESET\n$/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['an expired one', () => url(undefined, { expiresInSeconds: 1, agoMs: 3_600_000 }), /expired/],
    ['one of a wrong secret', () => url(undefined, { secret: 'canary' }), /secret|signature/],
    ['one for an upload', () => url(undefined, { method: 'PUT' }), /upload, use valetkey put\.$/m],
    [
      'one for an upload that says so',
      () => url(undefined, { method: 'PUT', query: { 'x-id': 'PutObject' } }),
      /seems to be signed for PUT, as x-id=PutObject in the query says, and not for GET.*valetkey put\.$/m,
    ],
    ['one without an object', () => url('nothing-here'), /there is no object under the key/],
  ])('%s is refused with what it means, without the signature', async (_title, make, reason) => {
    const given = make();
    const { code, stderr } = await get(given, '-O');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^valetkey: store-refused: /);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toContain(new URL(given).searchParams.get('X-Amz-Signature'));
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a file that is there stays, also behind a symbolic link; --force replaces the link itself', async () => {
    const victim = path.join(folder, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync('victim', path.join(folder, 'weights.bin'));
    const before = requests();
    expect(await get(url(), '-O')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('file-exists: The file exists already: "weights.bin"'),
    });
    expect(requests()).toBe(before);
    expect(await get(url(), '-O', '--force')).toMatchObject({ code: 0 });
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(statSync(path.join(folder, 'weights.bin')).size).toBe(big.length);
  });

  test('an upload that demands a header is told before a request', async () => {
    const before = requests();
    const args = ['presign', `s3://${bucket}/a`, '--http-method', 'PUT', '--content-type', 'image/png'];
    const presigned = await runValetkey([...args, '--endpoint-url', layer.endpoint], { s3 });
    expect(await get(presigned.stdout, '-O')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('signed for PUT or POST, as the signed header content-type says'),
    });
    expect(requests()).toBe(before);
  });

  test('a full disk ends with a message, whether named or behind standard output', async () => {
    expect(await get(url(), '-o', '/dev/full')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^valetkey: file-unwritable: .*no space is left on the device \(ENOSPC\)\n$/,
      ),
    });
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
  });

  test('a hostile key becomes one plain name in the current folder', async () => {
    const key = 'x/--help; $(touch pwned)';
    await putObject(s3, { bucket, key, body: 'hostile' });
    mkdirSync(path.join(folder, 'in'));
    const { code } = await runValetkey(['get', '-O'], { stdin: url(key), folder: path.join(folder, 'in') });
    expect(code).toBe(0);
    expect(readdirSync(folder)).toEqual(['in']);
    expect(readdirSync(path.join(folder, 'in'))).toEqual(['help; $(touch pwned)']);
  });

  test('Ctrl-C leaves no file and ends with 130', async () => {
    layer.script([{ when: {}, fault: { kind: 'black-hole' } }]);
    const before = requests();
    const { child, finished } = startValetkey(['get', '-o', 'out'], { stdin: url(), folder });
    await expect.poll(() => requests() - before).toBe(1);
    child.kill('SIGINT');
    expect(await finished).toMatchObject({
      code: 130,
      stderr: 'valetkey: interrupted: The command was interrupted\n',
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
