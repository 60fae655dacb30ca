import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { memoryIo } from '../test/memory-io.ts';
import { createKubectlPlugin, createProgram, run } from './run.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-cli-'));
const secret = 'canary/secretKEY';
const configuration = path.join(folder, 'valetkey.yaml');
writeFileSync(
  configuration,
  `stores:
  media: { profile: s3, endpoint: "https://s3.internal:9000", region: r1, maxLifetime: 1h }
  other: { profile: s3, endpoint: "https://other.internal", region: r2 }
`,
);

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secret);
  for (const name of ['AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_REGION', 'AWS_DEFAULT_REGION'])
    vi.stubEnv(name, undefined);
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3']) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', path.join(folder, 'none'));
  vi.stubEnv('AWS_CONFIG_FILE', path.join(folder, 'none'));
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

let stdin = '';
async function valetkey(...args: readonly string[]) {
  const { io, written } = memoryIo({ stdin, environment: process.env, surroundings: { folder } });
  const code = await run(args, io);
  const { stdout, stderr } = written;
  expect(stderr).not.toContain(secret);
  expect(stderr).not.toMatch(/X-Amz-Signature=[0-9a-f]/);
  return { code, stdout, stderr };
}
const presign = (...args: readonly string[]) => valetkey('presign', ...args, '--region', 'eu-central-1');

describe('presign', () => {
  test('prints a URL and nothing else', async () => {
    const { code, stdout, stderr } = await presign('s3://models/vision/a b.bin', '--expires-in', '1h30m');
    expect([code, stderr]).toEqual([0, '']);
    const [line = '', ...rest] = stdout.split('\n');
    expect(rest).toEqual(['']);
    const url = new URL(line);
    expect([url.host, url.pathname, url.searchParams.get('X-Amz-Expires')]).toEqual([
      'models.s3.eu-central-1.amazonaws.com',
      '/vision/a%20b.bin',
      '5400',
    ]);
  });

  test('takes the form without the scheme, as the AWS CLI does, and lives an hour', async () => {
    const { stdout } = await presign('models/a.bin');
    expect(new URL(stdout).searchParams.get('X-Amz-Expires')).toBe('3600');
  });

  test('pins a version', async () => {
    const { stdout } = await presign('s3://models/a.bin', '--version-id', 'v1');
    expect(new URL(stdout).searchParams.get('versionId')).toBe('v1');
  });

  test('says on standard error which headers an upload must send', async () => {
    const { code, stderr } = await presign(
      's3://models/a',
      '--http-method',
      'put',
      '--content-type',
      'text/plain',
      '--content-length',
      '5',
    );
    expect([code, stderr]).toEqual([
      0,
      'valetkey: note: send the header content-length: 5\nvaletkey: note: send the header content-type: text/plain\n',
    ]);
  });

  test('signs by CloudFront for a distribution of the configuration', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const privateKeyFile = path.join(folder, 'cloudfront.pem');
    writeFileSync(privateKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const file = path.join(folder, 'cloudfront.yaml');
    writeFileSync(
      file,
      `stores:
  cdn:
    profile: cloudfront
    endpoint: https://d111111abcdef8.cloudfront.net
    bucket: models
    credentials: { cloudfrontKey: { keyPairId: K2JCJMDEHXQW5F, privateKeyFile: ${privateKeyFile} } }
`,
    );
    const signed = await presign('s3://models/vision/a.bin', '--config', file, '--expires-in', '1h');
    const url = new URL(signed.stdout);
    expect([url.origin, url.pathname, [...url.searchParams.keys()]]).toEqual([
      'https://d111111abcdef8.cloudfront.net',
      '/vision/a.bin',
      ['Expires', 'Key-Pair-Id', 'Signature'],
    ]);
    expect(url.searchParams.get('Expires')).toBe(String(Date.parse('2026-11-23T21:56:48Z') / 1000));
    const other = await presign('s3://other/a.bin', '--config', file);
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('invalid-bucket')]);
  });

  test('signs for a store of the configuration, and says when that shortens the life', async () => {
    const { code, stdout, stderr } = await valetkey(
      'presign',
      's3://models/a',
      '--config',
      configuration,
      '--store',
      'media',
      '--expires-in',
      '7d',
    );
    expect([code, new URL(stdout).host]).toEqual([0, 's3.internal:9000']);
    expect(stderr).toBe('valetkey: note: the URL ends at 2026-11-23T21:56:48Z, limited by store\n');
  });

  test('takes the endpoint of AWS_ENDPOINT_URL and says so; a flag comes first', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9000');
    const fromEnvironment = await presign('s3://models/a');
    expect([new URL(fromEnvironment.stdout).host, fromEnvironment.stderr]).toEqual([
      '127.0.0.1:9000',
      'valetkey: note: the endpoint is taken from AWS_ENDPOINT_URL\n',
    ]);
    const fromFlag = await presign('s3://models/a', '--endpoint-url', 'http://127.0.0.1:9001');
    expect([new URL(fromFlag.stdout).host, fromFlag.stderr]).toEqual(['127.0.0.1:9001', '']);
  });
});

describe('the forms of a URL', () => {
  const upload = [
    "s3://models/it's.json",
    '--http-method',
    'PUT',
    '--content-type',
    'application/json',
    '--content-length',
    '5',
  ];

  test('--json holds the URL, what must be sent with it, and its end', async () => {
    const { stdout, stderr } = await presign(...upload, '--json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      method: 'PUT',
      url: expect.stringContaining('X-Amz-Signature='),
      headers: { 'content-length': '5', 'content-type': 'application/json' },
      expiresAt: '2026-11-23T21:56:48Z',
      limitedBy: 'asked',
    });
  });

  test.each([
    ['GET', "curl --fail --remote-name 'https://"],
    ['HEAD', "curl --fail --head 'https://"],
    ['DELETE', "curl --fail --request DELETE 'https://"],
  ])('--curl prints a command for %s', async (method, start) => {
    const { stdout } = await presign('s3://models/a.bin', '--http-method', method, '--curl');
    expect(stdout).toMatch(/^[^\n]+\n$/);
    expect(stdout.startsWith(start)).toBe(true);
  });

  test('--curl quotes for the shell and leaves the length to curl', async () => {
    const { stdout } = await presign(...upload, '--curl');
    expect(stdout).toContain(
      "curl --fail --upload-file FILE --header 'content-type: application/json' 'https://",
    );
    expect(stdout).toContain('/it%27s.json?');
    expect(stdout).not.toContain('content-length:');
  });

  test('--qr prints a code to scan above the URL', async () => {
    const { stdout } = await presign('s3://models/a.bin', '--qr');
    expect(stdout).toMatch(/^[\s▄▀█]+\nhttps:\/\/\S+\n$/);
  });

  test('one form at a time', async () => {
    const { code, stderr } = await presign('s3://models/a.bin', '--qr', '--json');
    expect(code).toBe(2);
    expect(stderr).toContain("option '--json' cannot be used with option '--qr'");
  });

  test('a checksum is signed as the header that the store verifies', async () => {
    const digest = 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=';
    const { stdout } = await presign(
      's3://models/a',
      '--http-method',
      'PUT',
      '--checksum-sha256',
      digest,
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({ headers: { 'x-amz-checksum-sha256': digest } });
  });

  test('how a browser treats the object is signed into the query', async () => {
    const value = 'attachment; filename="w.bin"';
    const { stdout } = await presign('s3://models/a', '--response-content-disposition', value);
    expect(new URL(stdout).searchParams.get('response-content-disposition')).toBe(value);
  });
});

describe('presign --once', () => {
  test('signs that nothing may be there yet', async () => {
    const { stdout } = await presign('s3://inbox/a.pdf', '--http-method', 'PUT', '--once', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ headers: { 'if-none-match': '*' } });
  });
});

describe('presign --cloudfront', () => {
  const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  });
  const key = path.join(folder, 'cloudfront.pem');
  writeFileSync(key, pem);
  const distribution = (name: string, bucket: string, domain: string) =>
    `  ${name}:
    profile: cloudfront
    endpoint: https://${domain}
    bucket: ${bucket}
    credentials: { cloudfrontKey: { keyPairId: K2JCJMDEHXQW5F, privateKeyFile: ${key} } }
`;
  const file = path.join(folder, 'cdn.yaml');
  writeFileSync(
    file,
    `stores:
  origin: { profile: aws, region: eu-central-1 }
${distribution('films', 'films', 'films.example.com')}${distribution('a', 'twice', 'a.example.com')}${distribution('b', 'twice', 'b.example.com')}`,
  );
  const sign = (...args: readonly string[]) => valetkey('presign', ...args, '--cloudfront', '--config', file);

  test('signs for the distribution in front of the bucket, without naming the bucket', async () => {
    const { code, stdout, stderr } = await sign('s3://films/a.mp4', '--expires-in', '12h');
    expect([code, stderr]).toEqual([0, '']);
    const url = new URL(stdout);
    expect([url.origin, url.pathname, url.searchParams.get('Key-Pair-Id')]).toEqual([
      'https://films.example.com',
      '/a.mp4',
      'K2JCJMDEHXQW5F',
    ]);
    expect(url.searchParams.get('Expires')).toBe(String(Date.parse('2026-11-24T08:56:48Z') / 1000));
  });

  test('of several distributions one has to be named', async () => {
    const { code, stderr } = await sign('s3://twice/a.mp4');
    expect([code, stderr]).toEqual([2, expect.stringContaining('got several. Say which with --store.')]);
    const { stdout } = await sign('s3://twice/a.mp4', '--store', 'b');
    expect(new URL(stdout).host).toBe('b.example.com');
  });

  test.each([
    ['another bucket', ['s3://other/a.mp4']],
    ['a store that is no distribution', ['s3://films/a.mp4', '--store', 'origin']],
  ])('%s is refused', async (_title, args) => {
    const { code, stderr } = await sign(...args);
    expect(code).toBe(2);
    expect(stderr).toContain('--cloudfront: expected a store of the profile cloudfront');
  });
});

describe('post-form', () => {
  const form = (...args: readonly string[]) =>
    valetkey(
      'post-form',
      "s3://models/it's <b>.png",
      '--max-size',
      '5Mi',
      '--region',
      'eu-central-1',
      ...args,
    );

  test('prints address, fields and end as JSON', async () => {
    const { code, stdout, stderr } = await form('--content-type', 'image/png');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      method: 'POST',
      url: 'https://models.s3.eu-central-1.amazonaws.com',
      fields: { key: "it's <b>.png", 'Content-Type': 'image/png', policy: expect.any(String) },
      expiresAt: '2026-11-23T21:56:48Z',
    });
  });

  test('--curl quotes every field for the shell, and the file comes last', async () => {
    const { stdout } = await form('--curl');
    expect(stdout).toContain(String.raw`--form-string 'key=it'\''s <b>.png'`);
    expect(stdout).toMatch(/--form file=@FILE 'https:\/\/models\.s3[^']*'\n$/);
  });

  test('--html escapes every value, and the file comes last', async () => {
    const { stdout } = await form('--html');
    expect(stdout).toContain(`name="key" value="it's &lt;b&gt;.png"`);
    expect(stdout.indexOf('type="file"')).toBeGreaterThan(stdout.lastIndexOf('type="hidden"'));
  });

  test.each([
    ['without a bound', [], /required option '--max-size <size>' not specified/],
    ['with a size that is none', ['--max-size', 'big'], /--max-size: expected whole bytes.*got "big"/],
    ['with bounds the wrong way round', ['--max-size', '1', '--min-size', '2'], /minBytes <= maxBytes/],
  ])('%s it ends with 2', async (_title, args, message) => {
    const { code, stderr } = await valetkey(
      'post-form',
      's3://models/a',
      '--region',
      'eu-central-1',
      ...args,
    );
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

describe('explain', () => {
  test('says what a URL from standard input allows, without its signature', async () => {
    stdin = (await presign('s3://models/vision/w.bin', '--expires-in', '600')).stdout;
    const { code, stdout } = await valetkey('explain');
    expect(code).toBe(0);
    expect(stdout).toContain(`kind       sigv4
host       models.s3.eu-central-1.amazonaws.com
bucket     models
key        vision/w.bin
region     eu-central-1
signed by  AKIA…MPLE (long-term)
signed at  2026-11-23T20:56:48Z
ends at    2026-11-23T21:06:48Z (valid, 600 s left)
version    follows the latest
`);
    expect(stdout).not.toMatch(/[0-9a-f]{64}/);
  });

  test("with a store's answer it says what that means, and ends with 1", async () => {
    stdin = (await presign('s3://models/vision/w.bin')).stdout;
    const file = path.join(folder, 'answer.xml');
    writeFileSync(file, '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>');
    const { code, stdout } = await valetkey('explain', '--answer', file);
    expect(code).toBe(1);
    expect(stdout).toContain('error: store-expired');
  });

  test('a status that is none is told, with and without an answer', async () => {
    const { code, stderr } = await valetkey('explain', '--status', 'abc', 'https://b.s3.amazonaws.com/k');
    expect(code).toBe(2);
    expect(stderr).toContain('--status: expected an HTTP status, got "abc"');
    const alone = await valetkey('explain', '--status', '403', 'https://b.s3.amazonaws.com/k');
    expect(alone).toMatchObject({ code: 2, stderr: expect.stringContaining('--answer: expected a file') });
  });

  test('--json is for pipes, and anything may be pasted', async () => {
    const { code, stdout } = await valetkey('explain', '--json', 'not a URL \u001b[31m');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'unreadable', findings: [{ code: 'not-a-url' }] });
  });

  test('what a terminal would obey is written out', async () => {
    const { stdout } = await valetkey('explain', 'https://s3.eu-central-1.amazonaws.com/models/a%1B%5B31mb');
    expect(stdout).toContain(String.raw`a\u{001b}[31mb`);
    expect(stdout).not.toContain('\u001b');
  });
});

describe('verify', () => {
  test('says until when a URL of the own keys works', async () => {
    stdin = (await presign('s3://models/vision/w.bin', '--expires-in', '600')).stdout;
    expect(await valetkey('verify')).toEqual({
      code: 0,
      stdout: 'valid until 2026-11-23T21:06:48Z\n',
      stderr: '',
    });
  });

  test('takes the method and the headers that are sent', async () => {
    stdin = (
      await presign('s3://models/a.json', '--http-method', 'PUT', '--content-type', 'application/json')
    ).stdout;
    const send = ['--http-method', 'PUT', '--header', 'content-type: application/json'];
    expect((await valetkey('verify', ...send)).code).toBe(0);
    expect(await valetkey('verify', '--http-method', 'PUT')).toMatchObject({
      code: 1,
      stdout: 'refused: header-missing: expected the header content-type, which is signed\n',
    });
  });

  test('says for which method the URL is, and where a header is missing for which it seems to be', async () => {
    stdin = (await presign('s3://models/a', '--http-method', 'PUT')).stdout;
    const refused = await valetkey('verify', '--json');
    expect(JSON.parse(refused.stdout)).toMatchObject({ reason: 'signature-mismatch', signedFor: 'PUT' });
    stdin = (await presign('s3://models/a', '--http-method', 'PUT', '--content-type', 'image/png')).stdout;
    expect(await valetkey('verify')).toMatchObject({
      code: 1,
      stderr:
        'valetkey: note: The URL seems to be signed for PUT or POST, as the signed header content-type says, ' +
        'and not for GET. Name its method with --http-method.\n',
    });
  });

  test.each([
    ['changed', (url: string) => url.replace('w.bin', 'x.bin'), /^refused: signature-mismatch/],
    [
      'of another key',
      (url: string) => url.replace('AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPL2'),
      /^refused: unknown-access-key/,
    ],
    ['that is none', () => 'hello', /^refused: malformed/],
  ])('a URL %s is refused with the reason, and ends with 1', async (_title, change, message) => {
    stdin = change((await presign('s3://models/vision/w.bin')).stdout);
    const { code, stdout } = await valetkey('verify');
    expect(stdout).toMatch(message);
    expect(code).toBe(1);
  });
});

describe('wrong input ends with 2 and says what was expected', () => {
  test.each([
    [['s3://models/'], 'at least one character'],
    [['s3://models/a/../b'], '".." segment'],
    [['s3://../a'], 'The bucket name is not valid'],
    [['weights.bin'], 'expected s3://BUCKET/KEY'],
    [['s3://models/a', '--expires-in', '0'], 'from 1 to 604800'],
    [['s3://models/a', '--expires-in', '-1'], 'from 1 to 604800'],
    [['s3://models/a', '--expires-in', '604801'], 'from 1 to 604800'],
    [['s3://models/a', '--expires-in', '8d'], 'from 1 to 604800'],
    [['s3://models/a', '--expires-in', 'abc'], 'seconds (3600), a duration (90m, 1h30m) or days (7d)'],
    [['s3://models/a', '--http-method', 'POST'], 'GET, HEAD, PUT, DELETE'],
    [['s3://models/a', '--content-type', 'a/b'], '--content-type: expected --http-method PUT, got GET'],
    [
      ['s3://models/a', '--content-length', '5', '--http-method', 'HEAD'],
      'expected --http-method PUT, got HEAD',
    ],
    [['s3://models/a', '--once'], '--once: expected --http-method PUT, got GET'],
    [['s3://models/a', '--checksum-sha256', 'x'], '--checksum-sha256: expected --http-method PUT'],
    [
      ['s3://models/a', '--http-method', 'PUT', '--version-id', 'v1'],
      '--version-id: expected --http-method GET or HEAD or DELETE, got PUT',
    ],
    [
      ['s3://models/a', '--http-method', 'DELETE', '--response-content-disposition', 'inline'],
      '--response-content-disposition: expected --http-method GET or HEAD, got DELETE',
    ],
    [
      ['s3://models/a', '--http-method', 'PUT', '--cloudfront'],
      '--cloudfront: expected --http-method GET or HEAD',
    ],
    [
      ['s3://models/a', '--http-method', 'PUT', '--once', '--config', configuration, '--store', 'media'],
      'got the profile s3, which does not promise it. Name a store',
    ],
    [['s3://models/a', '--cloudfront', '--config', configuration], 'a store of the profile cloudfront'],
    [['s3://models/a', '--cloudfront'], 'expected a store of the profile cloudfront'],
    [['s3://models/a', '--http-method', 'PUT', '--content-length', '-5'], 'a whole number of bytes'],
    [
      ['s3://models/a', '--http-method', 'PUT', '--content-length', 'abc'],
      '--content-length: expected a whole number of bytes, got "abc"',
    ],
    [['s3://models/a', '--endpoint-url', 'ftp://x'], ': --endpoint-url: expected a base URL such as'],
    [['s3://models/a', '--config', configuration], 'expected one of media, other'],
    [['s3://models/a', '--config', configuration, '--store', 'nope'], 'expected one of media, other'],
    [['s3://models/a', '--config', path.join(folder, 'missing.yaml')], 'ENOENT'],
    [['s3://models/a', '--unknown'], "unknown option '--unknown'"],
    [[], "missing required argument 'object'"],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await presign(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  test('an unknown field of a configuration is named with its line', async () => {
    const file = path.join(folder, 'typo.yaml');
    writeFileSync(file, 'stores:\n  media:\n    profile: s3\n    regoin: x\n');
    const { code, stderr } = await presign('s3://models/a', '--config', file);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}:4 stores.media.regoin`);
  });

  test('without any region', async () => {
    const { code, stderr } = await valetkey('presign', 's3://models/a');
    expect(code).toBe(2);
    expect(stderr).toContain('Give --region, set AWS_REGION');
  });
});

test('without credentials it ends with 3 and says how to get some', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
  const { code, stdout, stderr } = await presign('s3://models/a');
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toContain('Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
});

test('help ends with 0 and shows examples', async () => {
  const { code, stdout } = await valetkey('presign', '--help');
  expect(code).toBe(0);
  expect(stdout).toContain('$ valetkey presign s3://models/vision/v3/weights.bin --expires-in 3600');
});

test.each([
  ['the command', createProgram],
  ['the kubectl plugin', createKubectlPlugin],
])('--version of %s is the version of the package, and nothing else', async (_title, create) => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const { io, written } = memoryIo();
  const code = await run(['--version'], io, create);
  expect([code, written.stderr]).toEqual([0, '']);
  expect(manifest).toMatchObject({ version: written.stdout.trimEnd() });
});

describe('k8s render', () => {
  const example = new URL('../../../examples/shares/weights.yaml', import.meta.url).pathname;
  const render = (...args: readonly string[]) => valetkey('k8s', 'render', ...args);

  test('prints the Secret of a Share', async () => {
    const { code, stdout } = await render('-f', example);
    expect(code).toBe(0);
    expect(stdout).toContain('type: valetkey.dev/presigned-urls');
    expect(stdout).toContain('name: weights-urls');
  });

  test('prints what examples/kubernetes publishes: store, policy and namespace come from the files', async () => {
    const kubernetes = (file: string) =>
      new URL(`../../../examples/kubernetes/${file}`, import.meta.url).pathname;
    const { code, stdout } = await render('-f', kubernetes('platform.yaml'), '-f', kubernetes('share.yaml'));
    expect(code).toBe(0);
    expect(stdout).toContain('name: weights-urls');
    expect(stdout).toContain('namespace: vision');
  });

  test('prints one entry for a pipe', async () => {
    const { code, stdout } = await render('-f', example, '--entry', 'weights.curl');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^url = "https:\/\/models\.s3\.eu-central-1\.amazonaws\.com\/[^"]+"\n$/);
  });

  test.each([
    [['-f', example, '--entry', 'nope'], 2, 'expected one of weights.url, weights.curl'],
    [['-f', path.join(folder, 'missing.yaml')], 2, 'ENOENT'],
    [['-f', configuration], 2, 'expected a Kubernetes object'],
    [[], 2, 'required option'],
  ])('%j is refused', async (args, expected, message) => {
    const { code, stdout, stderr } = await render(...args);
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toContain(message);
  });

  test('a Share that no policy allows is refused with the reason', async () => {
    const file = path.join(folder, 'share.yaml');
    writeFileSync(
      file,
      `apiVersion: valetkey.dev/v1alpha1
kind: Share
metadata: { name: weights, namespace: vision }
spec:
  storeRef: { kind: ClusterShareStore, name: models }
  bucket: models
  objects: [{ name: weights, key: vision/weights.bin }]
`,
    );
    const { code, stderr } = await render('-f', file);
    expect(code).toBe(1);
    expect(stderr).toContain('StoreNotFound: spec.storeRef');
  });
});
