import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { memoryIo } from '../test/memory-io.ts';
import { readUrl } from './url-source.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-url-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = path.join(folder, 'a.url');
writeFileSync(file, 'https://store/from-file\n');
const url = 'https://store/bucket/key?X-Amz-Signature=canary';

const read = (given: string | undefined, stdin = '', urlFile?: string) =>
  readUrl(given, urlFile === undefined ? {} : { urlFile }, memoryIo({ stdin }).io);

describe('a URL', () => {
  test.each([
    ['an argument', url, '', undefined, url],
    ['standard input, without its line end', undefined, `${url}\r\n`, undefined, url],
    ['standard input, when it is named -', '-', `${url}\n`, undefined, url],
    ['a file', undefined, '', file, 'https://store/from-file'],
  ])('comes from %s', async (_title, given, stdin, urlFile, expected) => {
    expect(await read(given, stdin, urlFile)).toEqual({ url: expected, headers: {} });
  });

  test('in JSON brings its method and headers', async () => {
    const json = JSON.stringify({ method: 'PUT', url, headers: { 'Content-Type': 'a/b' }, expiresAt: 'x' });
    expect(await read(undefined, json)).toEqual({ url, method: 'PUT', headers: { 'content-type': 'a/b' } });
  });

  test.each([
    ['nothing', undefined, ' \n', undefined, 'a URL'],
    ['two places', url, '', file, 'the URL from one place'],
    ['a missing file', undefined, '', path.join(folder, 'none'), 'a file that can be read'],
    ['too much', undefined, 'x'.repeat(65_537), undefined, 'at most 65536 characters'],
    ['half of the JSON', undefined, `{"url":"${url}`, undefined, 'the JSON that presign --json prints'],
    ['other JSON', undefined, '{"url":1}', undefined, 'an object with method, url and headers'],
    ['headers that are none', undefined, `{"url":"${url}","headers":{"a":1}}`, undefined, 'headers of names'],
  ])(
    'is not taken from %s, and the error does not show it',
    async (_title, given, stdin, urlFile, expected) => {
      const error: unknown = await read(given, stdin, urlFile).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'ValetkeyError' });
      expect(String(error)).toContain(expected);
      expect(String(error)).not.toContain('canary');
    },
  );
});
