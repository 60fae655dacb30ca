import { describe, expect, test } from 'vitest';

import { parseBucket } from './bucket.ts';
import { parseEndpoint } from './endpoint.ts';
import { parseLifetimeSeconds } from './lifetime.ts';
import { parseMetadata } from './metadata.ts';
import { parseDurationSeconds, parseSizeBytes } from './quantity.ts';
import { utf8Length } from './utf8.ts';

describe('parseBucket', () => {
  test.each(['abc', 'user-media', 'a.b.c', '0a0', 'x'.repeat(63)])('takes %j', (name) => {
    expect(parseBucket(name, 'bucket')).toBe(name);
  });

  test.each([
    '',
    'ab',
    '..',
    'a..b',
    'Models',
    'a_b',
    '-ab',
    'ab-',
    '192.168.0.1',
    'x'.repeat(64),
    'xn--abc',
    'sthree-x',
    'amzn-s3-demo-x',
    'x-s3alias',
    'x--ol-s3',
    'x.mrap',
    'x--x-s3',
    'x--table-s3',
    'a/b',
    'a\n',
    7,
    null,
  ])('refuses %j', (name) => {
    expect(() => parseBucket(name, 'bucket')).toThrow(
      expect.objectContaining({ code: 'invalid-bucket', field: 'bucket' }),
    );
  });
});

describe('parseLifetimeSeconds', () => {
  test.each([1, 3600, 604_800])('takes %d', (seconds) => {
    expect(parseLifetimeSeconds(seconds, 'lifetime')).toBe(seconds);
  });

  test.each([0, -1, 604_801, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '60', 'abc', undefined])(
    'refuses %s and names the range',
    (seconds) => {
      expect(() => parseLifetimeSeconds(seconds, 'lifetime')).toThrow('from 1 to 604800 (7 days)');
    },
  );
});

describe('durations and sizes', () => {
  test.each([
    ['90m', 5400],
    ['1h30m', 5400],
    ['168h', 604_800],
    ['45s', 45],
    ['0s', 0],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDurationSeconds(text, 'lifetime')).toBe(seconds);
  });

  test.each(['', '1d', '1.5h', 'h', '-1h', '30m1h', '1 h', 60])('refuses %j as a duration', (text) => {
    expect(() => parseDurationSeconds(text, 'lifetime.max')).toThrow('such as 90m, 1h30m or 168h');
  });

  test.each([
    ['512', 512],
    ['64Ki', 65_536],
    ['5Mi', 5_242_880],
    ['1Gi', 2 ** 30],
    [7, 7],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSizeBytes(text, 'maxSize')).toBe(bytes);
  });

  test.each(['', '5MB', '-1', '1.5Mi', '9'.repeat(16), '99999999Ti'])('refuses %j as a size', (text) => {
    expect(() => parseSizeBytes(text, 'maxSize')).toThrow('such as 5Mi');
  });
});

describe('parseEndpoint', () => {
  test('signs the host that a URL parser sends', () => {
    for (const url of [
      'https://S3.Internal:443/',
      'http://h.example:80',
      'http://[::1]:9000',
      'https://h:9000/base/',
    ]) {
      const { scheme, hostname, port, basePath } = parseEndpoint(url, 'endpoint');
      const parsed = new URL(`${scheme}://${hostname}${port}${basePath}`);
      expect(parsed.host).toBe(`${hostname}${port}`);
    }
  });

  test.each([
    '',
    'ftp://h',
    'https://',
    'https://u:p@h',
    'https://h?x=1',
    'https://h#f',
    'https://h/../x',
    'https://h//x',
    'https://127.1',
    'https://0x7f.1',
    'https://256.1.1.1',
    'https://h:0',
    'https://h:70000',
    'https://h h',
    'h',
    7,
  ])('refuses %j', (url) => {
    expect(() => parseEndpoint(url, 'stores.media.endpoint')).toThrow(
      expect.objectContaining({ code: 'invalid-configuration', field: 'stores.media.endpoint' }),
    );
  });
});

describe('parseMetadata', () => {
  test('takes names and values of any script', () => {
    expect(parseMetadata({ caption: 'Ein Haus – 家', n: '1' }, 'metadata')).toEqual({
      caption: 'Ein Haus – 家',
      n: '1',
    });
  });

  test.each([
    [{ Caption: 'x' }],
    [{ a_b: 'x' }],
    [{ a: '' }],
    [{ a: ' x' }],
    [{ a: 'x\r\ny: z' }],
    [{ a: 7 }],
    [{ a: 'x'.repeat(2048) }],
    [[]],
    ['x'],
  ])('refuses %j', (metadata) => {
    expect(() => parseMetadata(metadata, 'metadata')).toThrow(
      expect.objectContaining({ code: 'invalid-metadata' }),
    );
  });
});

test('utf8Length counts what an encoder writes', () => {
  for (const text of ['', 'abc', 'é', '語', '🗝', 'a🗝b語']) {
    expect(utf8Length(text)).toBe(new TextEncoder().encode(text).byteLength);
  }
});
