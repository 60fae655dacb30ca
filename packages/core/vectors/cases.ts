/** What is signed in `sigv4-presign-vectors.json`, and what has to be refused. Inputs only; nothing is signed here. */
import type { PresignRequest } from '../src/signing.ts';

/** Keys of AWS's documentation, which open nothing. */
export const credentials = {
  'long-term': {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
  session: {
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    sessionToken: 'FwoGZXIvYXdzEXAMPLE//////////wEaD/+abc+DEF==',
  },
  'long-session': {
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    sessionToken: `IQoJb3JpZ2luX2VjEXAMPLE${'AbCd0123+/'.repeat(88)}==`,
  },
} as const;

/** One request to sign. */
export interface VectorCase {
  readonly name: string;
  readonly credentials: keyof typeof credentials;
  /** RFC 3339. */
  readonly signedAt: string;
  readonly request: Omit<PresignRequest, 'keyRules'> & { readonly addressing: 'virtual' | 'path' };
}

/** One request that a signer has to refuse, and why. */
export interface TrapCase {
  readonly name: string;
  readonly why: string;
  /** The code of the refusal. */
  readonly error: string;
  /** What differs from the base request; values may have types that no signer expects. */
  readonly change: Readonly<Record<string, unknown>>;
}

/** Every trap changes this request, which is a good one. */
export const base: VectorCase['request'] = {
  method: 'GET',
  endpoint: 'https://s3.eu-central-1.amazonaws.com',
  addressing: 'virtual',
  region: 'eu-central-1',
  bucket: 'user-media',
  key: 'reports/2026/q3.pdf',
  expiresInSeconds: 3600,
};

const noon = '2026-11-24T12:00:00Z';

function group(
  name: string,
  changes: Readonly<Record<string, Partial<VectorCase['request']>>>,
  more: Partial<Omit<VectorCase, 'name' | 'request'>> = {},
): readonly VectorCase[] {
  return Object.entries(changes).map(([variant, change]) => ({
    name: `${name}-${variant}`,
    credentials: 'long-term',
    signedAt: noon,
    ...more,
    request: { ...base, ...change },
  }));
}

const key = (text: string) => ({ key: text });
const lifetime = (seconds: number) => ({ expiresInSeconds: seconds });
const put = (headers: Readonly<Record<string, string>>, query: Readonly<Record<string, string>> = {}) => ({
  method: 'PUT' as const,
  headers,
  query,
});
const at = (endpoint: string, addressing: 'virtual' | 'path', more: Partial<VectorCase['request']> = {}) => ({
  endpoint,
  addressing,
  ...more,
});

export const cases: readonly VectorCase[] = [
  ...group(
    'documentation',
    {
      example: {
        endpoint: 'https://s3.amazonaws.com',
        region: 'us-east-1',
        bucket: 'examplebucket',
        key: 'test.txt',
        expiresInSeconds: 86_400,
      },
    },
    { signedAt: '2013-05-24T00:00:00Z' },
  ),
  ...group('method', {
    get: { method: 'GET' },
    head: { method: 'HEAD' },
    put: { method: 'PUT' },
    delete: { method: 'DELETE' },
  }),
  ...group('key', {
    'one-letter': key('a'),
    unreserved: key('AZaz09-._~'),
    space: key('a b  c.txt'),
    plus: key('a+b.txt'),
    percent: key('100%.txt'),
    'percent-encoded-name': key('%2e%2e/%2F.txt'),
    'encoded-twice-name': key('a%252Fb'),
    'sub-delimiters': key("a!$&'()*+,;=b"),
    'general-delimiters': key('a:?#[]@b'),
    quotes: key('a"b\'c`d'),
    brackets: key('a<b>{c}|d^e'),
    'dots-in-names': key('...a/b../.c/..d/e.'),
    tilde: key('~user/~'),
    'latin-umlauts': key('grüße/straße.txt'),
    'greek-cyrillic': key('Ω/Ж.txt'),
    cjk: key('報告/第3四半期.pdf'),
    arabic: key('تقرير.pdf'),
    emoji: key('🗝️/👩‍💻.png'),
    'supplementary-plane': key('𝒜/𠮷.txt'),
    'last-code-point': key('\u{10FFFD}'),
    'equal-sign-and-ampersand': key('a=b&c=d'),
    semicolon: key('a;b'),
    'query-in-name': key('a?versionId=1&X-Amz-Expires=1'),
    'url-in-name': key('https:/example.com:443/a'),
    'many-segments': key('a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p'),
    'longest-segment': key('k'.repeat(255)),
    'longest-key': key(Array.from({ length: 8 }, (_, index) => String(index).repeat(127)).join('/')),
    'longest-utf8-key': key(Array.from({ length: 4 }, () => 'ä'.repeat(127)).join('/')),
  }),
  ...group('lifetime', {
    'one-second': lifetime(1),
    'one-hour': lifetime(3600),
    'twelve-hours': lifetime(43_200),
    'seven-days': lifetime(604_800),
  }),
  ...group('date', { 'last-second-of-year': {} }, { signedAt: '2026-12-31T23:59:59Z' }),
  ...group('date', { 'leap-day': {} }, { signedAt: '2028-02-29T00:00:00Z' }),
  ...group('date', { 'first-second-of-day': {} }, { signedAt: '2026-01-01T00:00:00Z' }),
  ...group('header', {
    'content-type': put({ 'content-type': 'image/png' }),
    charset: put({ 'content-type': 'text/plain; charset=utf-8' }),
    'exact-length': put({ 'content-length': '5242880' }),
    'zero-length': put({ 'content-length': '0' }),
    'if-none-match': put({ 'if-none-match': '*' }),
    'inner-spaces': put({ 'x-amz-meta-caption': 'one two  three' }),
    'checksum-sha256': put({ 'x-amz-checksum-sha256': 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=' }),
    encryption: put({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'arn:aws:kms:eu-central-1:111122223333:key/EXAMPLE',
    }),
    'expected-owner': put({ 'x-amz-expected-bucket-owner': '111122223333' }),
    'sorted-by-name': put({
      'x-amz-meta-b': '2',
      'x-amz-meta-a': '1',
      'content-type': 'text/plain',
      'cache-control': 'max-age=60',
      'content-disposition': 'attachment; filename="a b.txt"',
    }),
    'around-host': put({ 'if-none-match': '*', 'content-length': '1', 'x-amz-tagging': 'a=b&c=d' }),
  }),
  ...group('query', {
    'response-disposition': {
      query: {
        'response-content-disposition': 'attachment; filename="a b.txt"; filename*=UTF-8\'\'gr%C3%BC%C3%9Fe',
      },
    },
    'response-type-and-language': {
      query: { 'response-content-type': 'text/csv; charset=utf-8', 'response-content-language': 'de, en' },
    },
    'empty-value': { query: { marker: '' } },
    'unicode-value': { query: { 'response-cache-control': 'max-age=1, ü' } },
    'sorted-before-X-Amz': { query: { 'A-first': '1' } },
    'sorted-after-X-Amz': { query: { 'x-id': 'GetObject', zz: '1' } },
    'names-that-share-a-prefix': { query: { a: '2', 'a-b': '1', 'a.b': '3', A: '4' } },
    'reserved-characters': { query: { 'x+y z': '/?&=+%~' } },
    'version-id': { versionId: '3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY+MTRCxf3vjVBH40Nr8X8gdRQBpUMLUo' },
    'null-version': { versionId: 'null' },
    'version-and-response': { versionId: 'v1', query: { 'response-content-type': 'text/plain' } },
  }),
  ...group('multipart', {
    'first-part': put(
      {},
      { partNumber: '1', uploadId: 'VXBsb2FkIElEIGZvciA2aWWpbmcncyBteS1tb3ZpZS5tMnRzIHVwbG9hZA' },
    ),
    'last-part': put({ 'content-length': '5242880' }, { partNumber: '10000', uploadId: '2~abc.def_ghi-' }),
    'upload-id-with-reserved': put({}, { partNumber: '2', uploadId: 'a+b/c==' }),
    'list-parts': { method: 'GET', query: { uploadId: 'VXBsb2FkIElE', 'part-number-marker': '1000' } },
    abort: { method: 'DELETE', query: { uploadId: 'VXBsb2FkIElE' } },
    'part-with-checksum': put(
      { 'content-length': '8388608', 'x-amz-checksum-crc32c': 'AAAAAQ==' },
      { partNumber: '3', uploadId: 'VXBsb2FkIElE' },
    ),
  }),
  ...group('endpoint', {
    virtual: at('https://s3.eu-central-1.amazonaws.com', 'virtual'),
    path: at('https://s3.eu-central-1.amazonaws.com', 'path'),
    'path-dotted-bucket': at('https://s3.eu-central-1.amazonaws.com', 'path', { bucket: 'a.dotted.bucket' }),
    global: at('https://s3.amazonaws.com', 'virtual', { region: 'us-east-1' }),
    dualstack: at('https://s3.dualstack.eu-central-1.amazonaws.com', 'virtual'),
    fips: at('https://s3-fips.us-east-2.amazonaws.com', 'virtual', { region: 'us-east-2' }),
    accelerate: at('https://s3-accelerate.amazonaws.com', 'virtual', { region: 'us-west-2' }),
    china: at('https://s3.cn-north-1.amazonaws.com.cn', 'virtual', { region: 'cn-north-1' }),
    govcloud: at('https://s3.us-gov-west-1.amazonaws.com', 'virtual', { region: 'us-gov-west-1' }),
    port: at('https://s3.internal:9000', 'path'),
    'virtual-with-port': at('https://s3.internal:9000', 'virtual'),
    'own-port-of-https': at('https://s3.internal:443', 'path'),
    'own-port-of-http': at('http://s3.internal:80', 'path'),
    'https-on-80': at('https://s3.internal:80', 'path'),
    http: at('http://127.0.0.1:8333', 'path', { region: 'us-east-1' }),
    ipv4: at('https://192.0.2.7', 'path'),
    ipv6: at('http://[2001:db8::7]:9000', 'path', { region: 'us-east-1' }),
    'ipv6-without-port': at('https://[::1]', 'path'),
    'base-path': at('https://gateway.example.com/storage/v1', 'path'),
    'virtual-base-path': at('https://gateway.example.com/storage/v1/', 'virtual'),
    'capitals-in-host': at('https://S3.Example.COM', 'path'),
    r2: at('https://account.r2.cloudflarestorage.com', 'path', { region: 'auto' }),
  }),
  ...group('session', { get: {}, put: put({ 'content-type': 'text/plain' }) }, { credentials: 'session' }),
  ...group('session', { 'long-token': {} }, { credentials: 'long-session' }),
];

const trap = (
  error: string,
  why: string,
  changes: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
) => Object.entries(changes).map(([name, change]): TrapCase => ({ name, why, error, change }));

export const traps: readonly TrapCase[] = [
  ...trap('invalid-key', 'a URL parser resolves it, and another object is asked for than was signed', {
    'key-dot-dot': { key: '..' },
    'key-dot': { key: '.' },
    'key-climbs': { key: 'a/../../other-bucket/secret' },
    'key-dot-inside': { key: 'a/./b' },
    'key-ends-in-dots': { key: 'a/..' },
  }),
  ...trap('invalid-key', 'the URL becomes an operation on the bucket', { 'key-empty': { key: '' } }),
  ...trap('invalid-key', 'stores and proxies drop empty segments', {
    'key-leading-slash': { key: '/a' },
    'key-doubled-slash': { key: 'a//b' },
    'key-trailing-slash': { key: 'a/' },
  }),
  ...trap('invalid-key', 'browsers read it as a slash', { 'key-backslash': { key: 'a\\..\\b' } }),
  ...trap('invalid-key', 'it does not arrive as it was sent', {
    'key-line-feed': { key: 'a\nb' },
    'key-null': { key: 'a\u0000b' },
    'key-delete-character': { key: 'a\u007Fb' },
    'key-lone-surrogate': { key: 'a\uD800b' },
    'key-bidi-override': { key: 'a\u202Egpj.exe' },
    'key-byte-order-mark': { key: '\uFEFFa' },
    'key-not-normalised': { key: 'u\u0308' },
  }),
  ...trap('invalid-key', 'S3 takes at most 1024 bytes of UTF-8', {
    'key-too-long': { key: `${'a'.repeat(255)}/`.repeat(4) + 'a' },
    'key-too-long-in-bytes': { key: `${'ä'.repeat(127)}/`.repeat(5) + 'a' },
  }),
  ...trap('invalid-key', 'it is no text', { 'key-number': { key: 7 }, 'key-absent': { key: null } }),
  ...trap('invalid-lifetime', 'a lifetime is a whole number of seconds from 1 to 604800', {
    'lifetime-zero': { expiresInSeconds: 0 },
    'lifetime-negative': { expiresInSeconds: -1 },
    'lifetime-fraction': { expiresInSeconds: 0.5 },
    'lifetime-over-seven-days': { expiresInSeconds: 604_801 },
    'lifetime-text': { expiresInSeconds: '3600' },
    'lifetime-absent': { expiresInSeconds: null },
  }),
  ...trap('invalid-bucket', 'the path or the host becomes another one', {
    'bucket-dot-dot': { bucket: '..', addressing: 'path' },
    'bucket-empty': { bucket: '' },
    'bucket-slash': { bucket: 'user-media/private' },
    'bucket-host': { bucket: 'evil.example.com#' },
    'bucket-user-name': { bucket: 'user@evil' },
    'bucket-ip-address': { bucket: '192.168.0.1' },
    'bucket-capitals': { bucket: 'User-Media' },
    'bucket-too-short': { bucket: 'ab' },
  }),
  ...trap('invalid-configuration', 'the URL leads to another host than was signed', {
    'endpoint-user-name': { endpoint: 'https://s3.example.com@evil.example' },
    'endpoint-query': { endpoint: 'https://s3.example.com?x=' },
    'endpoint-fragment': { endpoint: 'https://s3.example.com#' },
    'endpoint-dot-segment': { endpoint: 'https://s3.example.com/a/../b' },
    'endpoint-short-address': { endpoint: 'http://127.1:9000' },
    'endpoint-other-scheme': { endpoint: 'ftp://s3.example.com' },
  }),
  ...trap('invalid-configuration', 'the scope has other parts than was meant', {
    'region-slash': { region: 'eu/central' },
  }),
  ...trap('unknown-field', 'the parameters of the signature are not the caller’s', {
    'query-signature-parameter': { query: { 'X-Amz-Expires': '604800' } },
    'query-signature-parameter-other-case': { query: { 'x-amz-signature': 'a' } },
  }),
  ...trap('invalid-metadata', 'a header becomes two, or another one', {
    'header-line-break': { method: 'PUT', headers: { 'x-amz-meta-a': 'b\r\nx-amz-acl: public-read' } },
    'header-host': { headers: { host: 'evil.example' } },
    'header-capitals': { headers: { 'Content-Type': 'text/plain' } },
    'header-edge-space': { headers: { 'x-amz-meta-a': ' b' } },
  }),
  ...trap('method-not-allowed', 'a presigned URL carries one of four methods', {
    'method-lower-case': { method: 'get' },
    'method-options': { method: 'OPTIONS' },
  }),
  ...trap('version-required', 'an empty version pins nothing', { 'version-empty': { versionId: '' } }),
];
