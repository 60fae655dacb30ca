import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { memoryIo } from '../../test/memory-io.ts';
import { run } from '../run.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

const config = write(
  'valetkey.yaml',
  `stores:
  media: { profile: aws, region: eu-central-1 }
policies:
  - name: avatars
    subjects: [{ kind: user, claims: { aud: web } }]
    store: media
    bucket: user-media
    actions: [upload, download, list]
    keys: ['avatars/{sub}/{uuid}{ext}']
    lifetime: { default: 5m, max: 15m }
    upload: { maxSize: 5Mi, minSize: 1, contentTypes: [image/png] }
  - name: models
    subjects: [{ kind: serviceAccount }]
    store: media
    bucket: user-media
    actions: [download]
    keys: ['{namespace}/{rest}']
    lifetime: { max: 1h }
`,
);

function write(name: string, content: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

async function policy(...args: readonly string[]) {
  const { io, written } = memoryIo({ now: '2026-11-24T12:00:00Z' });
  const file = args.includes('--config') ? [] : ['--config', config];
  const code = await run(['policy', ...args, ...file], io);
  return { code, ...written };
}

const ann = ['--user', 'ann', '--claim', 'aud=web'];
const upload = [
  's3://user-media/',
  '--action',
  'upload',
  '--file-name',
  'me.PNG',
  '--content-type',
  'image/png',
];

describe('policy explain', () => {
  test('says which policy allows a request, and on what terms', async () => {
    expect(await policy('explain', ...upload, '--size', '2Mi', ...ann)).toEqual({
      code: 0,
      stderr: '',
      stdout: `allowed by avatars
  key        "avatars/ann/00000000-0000-4000-8000-000000000000.png"
  lifetime   300 seconds
  must send  content-length: 2097152
  must send  content-type: image/png
`,
    });
  });

  test('says the nearest miss of each policy, and ends with 1', async () => {
    expect(await policy('explain', ...upload, '--size', '6Mi', ...ann)).toEqual({
      code: 1,
      stderr: '',
      stdout: `denied; the nearest miss of each policy:
POLICY   REASON               FIELD          EXPECTED                           GOT
avatars  file-too-large       contentLength  at most 5242880 bytes              6291456 bytes
models   subject-not-allowed  subject        a subject that the policy selects  user "ann"
`,
    });
  });

  test('knows ServiceAccounts, listings and JSON', async () => {
    const pod = await policy('explain', 's3://user-media/vision/w.bin', '--service-account', 'vision/reader');
    expect([pod.code, pod.stdout.split('\n')[0]]).toEqual([0, 'allowed by models']);
    const { stdout } = await policy('explain', 's3://user-media/', '--action', 'list', ...ann, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ allowed: true, policy: 'avatars', key: 'avatars/ann/' });
    const foreign = await policy('explain', 's3://user-media/avatars/bob/', '--action', 'list', ...ann);
    expect(foreign).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^avatars +key-not-allowed +prefix /m),
    });
  });

  test.each([
    [['s3://user-media'], /object: expected s3:\/\/BUCKET\/KEY/],
    [['s3://user-media/a', '--claim', 'aud'], /--claim: expected NAME=VALUE, got "aud"/],
    [['s3://user-media/a', '--service-account', 'reader'], /--service-account: expected NAMESPACE\/NAME/],
    [['s3://user-media/a', '--user', 'a', '--service-account', 'b/c'], /expected one of them/],
    [['s3://user-media/a', '--action', 'steal'], /Allowed choices are download, upload, delete, list/],
    [['s3://user-media/a', '--expires-in', '8d'], /--expires-in/],
  ])('%j is wrong usage', async (args, message) => {
    const { code, stderr } = await policy('explain', ...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

describe('policy test', () => {
  const tests = (...cases: readonly string[]) =>
    write('tests.yaml', `tests:\n${cases.map((one) => `  - ${one}\n`).join('')}`);
  const reads =
    '{ name: ann reads hers, subject: { kind: user, id: ann, claims: { aud: web } }, action: download, bucket: user-media, key: avatars/ann/00000000-0000-4000-8000-000000000000.png, expect: { allowed: true, policy: avatars } }';
  const foreign = reads.replace('ann reads hers', "ann reads bob's").replace('avatars/ann', 'avatars/bob');

  test('passes when every answer is as written', async () => {
    const file = tests(
      reads,
      foreign.replace('{ allowed: true, policy: avatars }', '{ allowed: false, code: key-not-allowed }'),
    );
    expect(await policy('test', file)).toEqual({
      code: 0,
      stderr: '',
      stdout:
        "RESULT  TEST             DIFFERENCE\nok      ann reads hers\nok      ann reads bob's\n2 passed, 0 failed\n",
    });
  });

  test('fails with what was expected and what came', async () => {
    const { code, stdout } = await policy('test', tests(reads, foreign));
    expect(code).toBe(1);
    expect(stdout).toContain(
      "FAIL    ann reads bob's  expected it to be allowed, got key-not-allowed of avatars, subject-not-allowed of models",
    );
    expect(stdout).toContain('1 passed, 1 failed');
  });

  test('a lifetime, a size and a key that a question could not have are answers, not crashes', async () => {
    const file = tests(
      reads
        .replace('key:', 'lifetime: 1h, key:')
        .replace('{ allowed: true, policy: avatars }', '{ allowed: false, code: lifetime-too-long }'),
      reads
        .replace('user-media', 'X')
        .replace('{ allowed: true, policy: avatars }', '{ allowed: false, code: invalid-bucket }'),
    );
    expect((await policy('test', file)).stdout).toContain('2 passed, 0 failed');
  });

  test.each([
    [
      'an unknown field',
      reads.replace('bucket:', 'buckett: x, bucket:'),
      /unknown-field: .*tests\.0\.buckett/,
    ],
    [
      'an unknown code',
      reads.replace('{ allowed: true, policy: avatars }', '{ allowed: false, code: nope }'),
      /tests\.0\.expect/,
    ],
    ['no subject', reads.replace(/subject: \{.*?\} \},/, ''), /tests\.0\.subject/],
  ])('%s in the file is named', async (_title, one, message) => {
    const { code, stderr } = await policy('test', tests(one));
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  test('a file that is not there or no YAML is named', async () => {
    expect(await policy('test', path.join(folder, 'none.yaml'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ENOENT'),
    });
    expect(await policy('test', write('bad.yaml', 'tests: ['))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('well-formed YAML'),
    });
  });
});

describe('policy lint', () => {
  test('has nothing to say of policies with bounds, and ends with 0', async () => {
    expect(await policy('lint')).toEqual({ code: 0, stderr: '', stdout: '2 policies, nothing to say\n' });
  });

  test('says what is rarely meant and what to do, and ends with 1', async () => {
    const file = write(
      'wide.yaml',
      `stores:
  media: { profile: aws, region: eu-central-1 }
policies:
  - name: wide
    subjects: [{ kind: user }]
    store: media
    bucket: user-media
    actions: [download]
    keys: ['{rest}']
    lifetime: { max: 24h }
`,
    );
    const { code, stdout } = await policy('lint', '--config', file);
    expect(code).toBe(1);
    expect(stdout).toBe(`POLICY  FIELD         WARNING              WHY
wide    keys          covers-whole-bucket  A pattern of {rest} alone covers every key of the bucket.
wide    lifetime.max  long-lifetime        URLs may live longer than 12 hours; nothing takes a URL back.

WARNING              WHAT TO DO
covers-whole-bucket  Begin the pattern with a folder.
long-lifetime        Lower lifetime.max, and sign anew instead.
`);
  });
});

describe('policy compile', () => {
  test('prints what AWS has to be told', async () => {
    const signer = JSON.parse((await policy('compile', 'signer')).stdout);
    expect(JSON.stringify(signer)).toContain('arn:aws:s3:::user-media/avatars/*/');
    const guard = JSON.parse(
      (await policy('compile', 'guard', '--bucket', 'user-media', '--partition', 'aws-cn')).stdout,
    );
    expect(guard.Statement[1].Condition.NumericGreaterThan).toEqual({ 's3:signatureAge': 3_660_000 });
    const cors = JSON.parse(
      (
        await policy(
          'compile',
          'cors',
          '--bucket',
          'user-media',
          '--origin',
          'https://a.example',
          '--origin',
          'https://b.example',
        )
      ).stdout,
    );
    expect(cors.CORSRules[0].AllowedOrigins).toEqual(['https://a.example', 'https://b.example']);
  });

  test.each([
    [['compile', 'guard'], /--bucket: expected a value, got none/],
    [['compile', 'cors', '--bucket', 'user-media'], /--origin: expected a value, got none/],
    [['compile', 'cors', '--bucket', 'user-media', '--origin', '*'], /no wildcard/],
    [['compile', 'everything'], /Allowed choices are signer, guard, cors/],
  ])('%j is wrong usage', async (args, message) => {
    const { code, stderr } = await policy(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
