/** One URL for each known fault, and all that `explain` has to say of it: nothing left out, nothing made up. */
import { describe, expect, test } from 'vitest';

import { exampleUrl, session, nowMs } from '../../test/example-url.ts';
import type { PresignRequest } from '../signing/presign.ts';
import { explain } from './explain.ts';

const url = (change: Partial<PresignRequest> = {}, keys?: Parameters<typeof exampleUrl>[1]) =>
  exampleUrl({ versionId: 'v1', ...change }, keys);
const unpinned = () => url().replace('&versionId=v1', '');
const without = (text: string, name: string) =>
  text.replace(new RegExp(`[?&]${name}=[^&]*`), '').replace(/^([^?&]*)&/, '$1?');

interface Fault {
  readonly title: string;
  readonly text: string;
  /** All findings, in their order. */
  readonly codes: readonly string[];
  /** What the first finding says. */
  readonly says: RegExp;
  readonly method?: string;
  readonly atMs?: number;
}

const faults: readonly Fault[] = [
  { title: 'an ended URL', text: url(), codes: ['expired'], says: /ended/, atMs: nowMs + 600_000 },
  {
    title: 'a signature dated ahead',
    text: url(),
    codes: ['not-yet-valid'],
    says: /future/,
    atMs: nowMs - 1,
  },
  {
    title: 'a temporary key without its token',
    text: without(url({}, session), 'X-Amz-Security-Token'),
    codes: ['session-token-missing'],
    says: /ASIA/,
  },
  {
    title: 'a session that ends before its URL',
    text: url({ expiresInSeconds: 43_201 }, session),
    codes: ['outlives-credentials'],
    says: /ends with the temporary credentials/,
  },
  {
    title: 'the CRC32 of an empty body',
    text: url({ method: 'PUT', query: { 'x-amz-checksum-crc32': 'AAAAAA==' } }),
    codes: ['checksum-of-nothing', 'content-type-not-signed', 'size-not-signed'],
    says: /only an empty file/,
    method: 'PUT',
  },
  {
    title: 'the SHA-256 of an empty body',
    text: url({
      method: 'PUT',
      query: { 'x-amz-checksum-sha256': '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' },
      headers: { 'content-type': 'text/plain', 'content-length': '5' },
    }),
    codes: ['checksum-of-nothing'],
    says: /only an empty file/,
    method: 'PUT',
  },
  {
    title: 'an upload of any type',
    text: url({ method: 'PUT', headers: { 'content-length': '5' } }),
    codes: ['content-type-not-signed'],
    says: /whoever uploads chooses it/,
    method: 'PUT',
  },
  {
    title: 'an upload of any size',
    text: url({ method: 'PUT', headers: { 'content-type': 'text/plain' } }),
    codes: ['size-not-signed'],
    says: /5 GiB/,
    method: 'PUT',
  },
  {
    title: 'request headers in the query',
    text: url({ query: { 'x-amz-acl': 'public-read' } }),
    codes: ['headers-in-query'],
    says: /stores ignore/,
  },
  {
    title: 'Signature Version 2',
    text: 'https://b.s3.amazonaws.com/k?AWSAccessKeyId=AKIA&Signature=abc%3D&Expires=1790000000',
    codes: ['sigv2'],
    says: /Version 2/,
  },
  {
    title: 'no signature',
    text: 'https://user-media.s3.eu-central-1.amazonaws.com/a/b.txt',
    codes: ['unsigned'],
    says: /no signature/,
  },
  {
    title: 'a URL of CloudFront',
    text: 'https://d111111abcdef8.cloudfront.net/a.txt?Expires=1790000000&Signature=x&Key-Pair-Id=K',
    codes: ['cloudfront'],
    says: /distribution/,
  },
  {
    title: 'the global endpoint',
    text: url({ endpoint: 'https://s3.amazonaws.com' }),
    codes: ['global-endpoint'],
    says: /redirect/,
  },
  {
    title: 'another region than the host',
    text: url({ region: 'eu-west-1' }),
    codes: ['region-mismatch'],
    says: /another region/,
  },
  {
    title: 'a key that was encoded before',
    text: url({ key: 'a%2Fb.txt' }),
    codes: ['double-encoded-key'],
    says: /encoded before/,
  },
  {
    title: 'a dot segment',
    text: url().replace('/a/b.txt', '/a/%2E%2E/b.txt'),
    codes: ['dot-segments'],
    says: /resolve before they ask/,
  },
  {
    title: 'a doubled slash',
    text: url({ key: 'a//b', keyRules: { syntax: 'raw', slashes: 'exact' } }),
    codes: ['doubled-slashes'],
    says: /empty segment/,
  },
  {
    title: 'no key',
    text: url().replace('/a/b.txt', '/'),
    codes: ['no-key'],
    says: /operation on the bucket/,
  },
  {
    title: 'http',
    text: url({ endpoint: 'http://s3.example.com' }),
    codes: ['not-encrypted'],
    says: /can read the URL/,
  },
  ...[
    'https://minio.storage.svc:9000',
    'https://minio.storage.svc.cluster.local',
    'https://localhost:9000',
    'https://minio:9000',
    'https://10.0.0.7',
    'https://172.20.1.1:9000',
    'https://192.168.1.5:9000',
    'https://169.254.1.1',
    'https://[::1]:9000',
    'https://[fd00::7]:9000',
    'https://nas.local',
  ].map((endpoint) => ({
    title: `the private host of ${endpoint}`,
    text: url({ endpoint, addressing: 'path' }),
    codes: ['private-host'],
    says: /its own network/,
  })),
  {
    title: 'a dotted bucket in the host',
    text: url({ bucket: 'a.b.c', addressing: 'virtual' }),
    codes: ['dotted-bucket'],
    says: /certificate/,
  },
  { title: 'no pinned version', text: unpinned(), codes: ['follows-latest'], says: /whatever is current/ },
  {
    title: 'another service',
    text: url().replace('%2Fs3%2F', '%2Fsts%2F'),
    codes: ['wrong-service'],
    says: /another service/,
  },
  {
    title: 'a life over seven days',
    text: url().replace('Expires=600', 'Expires=604801'),
    codes: ['malformed-signature'],
    says: /X-Amz-Expires from 1 to 604800/,
  },
  {
    title: 'a life of 0',
    text: url().replace('Expires=600', 'Expires=0'),
    codes: ['malformed-signature'],
    says: /X-Amz-Expires from 1 to 604800/,
  },
  {
    title: 'another algorithm',
    text: url().replace('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'),
    codes: ['malformed-signature'],
    says: /X-Amz-Algorithm=AWS4-HMAC-SHA256/,
  },
  {
    title: 'no date',
    text: without(url(), 'X-Amz-Date'),
    codes: ['malformed-signature'],
    says: /X-Amz-Date=YYYYMMDDTHHMMSSZ/,
  },
  {
    title: 'a signature cut short',
    text: url().slice(0, -10),
    codes: ['malformed-signature'],
    says: /64 lower-case hex digits/,
  },
  {
    title: 'a parameter twice',
    text: `${url()}&X-Amz-Expires=60`,
    codes: ['malformed-signature'],
    says: /X-Amz-Expires once/,
  },
  {
    title: 'a scope of another day',
    text: url().replace('X-Amz-Date=20261124', 'X-Amz-Date=20261123'),
    codes: ['malformed-signature'],
    says: /on the day of the credential's scope/,
  },
  {
    title: 'a scope with parts missing',
    text: url().replace('%2Faws4_request', ''),
    codes: ['malformed-signature'],
    says: /KEY\/YYYYMMDD\/REGION\/SERVICE\/aws4_request/,
  },
  { title: '& as &amp;', text: url().replaceAll('&', '&amp;'), codes: ['html-escaped'], says: /HTML/ },
  { title: 'quotes around it', text: `'${url()}'`, codes: ['pasted-around'], says: /quotes/ },
  {
    title: 'broken lines',
    text: url().replace('&X-Amz-Date', '\n  &X-Amz-Date'),
    codes: ['broken-lines'],
    says: /several lines/,
  },
  {
    title: 'plus signs in the query',
    text: url({ query: { 'response-content-disposition': 'attachment; filename=a' } }).replaceAll('%20', '+'),
    codes: ['plus-signs'],
    says: /%20 and %2B/,
  },
  {
    title: 'plus signs in the key',
    text: url({ key: 'a b.txt' }).replaceAll('%20', '+'),
    codes: ['plus-signs'],
    says: /%20 and %2B/,
  },
  {
    title: 'a fragment',
    text: `${url()}#page=2`,
    codes: ['not-a-url'],
    says: /without white space and fragment/,
  },
  { title: 'no URL at all', text: 'hello', codes: ['not-a-url'], says: /absolute http or https URL/ },
  { title: 'nothing', text: '', codes: ['not-a-url'], says: /absolute http or https URL/ },
];

describe('a seeded fault', () => {
  test.each(faults)('$title is named, and nothing else', ({ text, codes, says, method, atMs = nowMs }) => {
    const { findings } = explain(text, { nowMs: atMs, method });
    expect(findings.map(({ code }) => code)).toEqual(codes);
    expect(findings[0]?.message).toMatch(says);
    for (const { fix } of findings) expect(fix).toMatch(/^[A-Z].*[.)]$/);
  });

  test('there is none in a URL as it should be', () => {
    expect(explain(url(), { nowMs }).findings).toEqual([]);
    const put = url({ method: 'PUT', headers: { 'content-type': 'text/plain', 'content-length': '5' } });
    expect(explain(put, { nowMs, method: 'PUT' }).findings).toEqual([]);
  });
});
