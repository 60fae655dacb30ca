/** Runs the examples of `docs/guides/when-a-url-answers-403.md` in a shell against a real store. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { presign, type PresignRequest, type SigningCredentials } from '@valetkey/core/signing';
import { createBucket, putObject, requireEngine } from '@valetkey/testbed';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';

import { run } from '../src/run.ts';
import { installValetkey } from './installed-valetkey.ts';
import { memoryIo } from './memory-io.ts';

const execute = promisify(execFile);
const s3 = requireEngine(inject('engines'), 'seaweedfs');
const bucket = `guide-${randomUUID()}`;
const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-guide-'));
const searchPath = installValetkey(folder);
const guide = readFileSync(
  new URL('../../../docs/guides/when-a-url-answers-403.md', import.meta.url),
  'utf8',
);
const hourMs = 3_600_000;

const aws = {
  endpoint: 'https://s3.eu-central-1.amazonaws.com',
  region: 'eu-central-1',
  bucket: 'user-media',
};
const error = (code: string, message: string, more = '') =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>\n`;

/** What lies in `url.txt`, and in `answer.xml`, where a section begins. */
const prepared: Readonly<Record<string, () => { readonly url: string; readonly answer?: string }>> = {
  'Ask the store and the URL': () => ({ url: sign({}, { nowMs: Date.now() - 2 * hourMs }) }),
  'It was signed for something else': () => ({
    url: sign({ method: 'PUT', headers: { 'content-type': 'image/png' } }),
  }),
  'It was changed on the way': () => ({
    url: sign({ ...aws, addressing: 'virtual', key: 'avatars/ann%20b.png' }),
  }),
  'The keys have ended': () => ({
    url: sign({ ...aws, addressing: 'virtual', expiresInSeconds: 604_800 }, {}, session),
    answer: error('ExpiredToken', 'The provided token has expired.'),
  }),
  'The bucket is in another region': () => ({
    url: sign({ ...aws, addressing: 'virtual' }),
    answer: error(
      'AuthorizationQueryParametersError',
      "Error parsing the X-Amz-Credential parameter; the region 'eu-central-1' is wrong; expecting 'eu-west-1'",
      '<Region>eu-west-1</Region>',
    ),
  }),
  'The keys may not': () => ({
    url: sign({ ...aws, addressing: 'virtual' }),
    answer: error('AccessDenied', 'Access Denied'),
  }),
  'The object is archived': () => ({
    url: sign({ ...aws, addressing: 'virtual' }),
    answer: error(
      'InvalidObjectState',
      "The operation is not valid for the object's storage class",
      '<StorageClass>DEEP_ARCHIVE</StorageClass>',
    ),
  }),
};
const session = { accessKeyId: 'ASIAIOSFODNN7EXAMPLE', sessionToken: 'FwoGZXIvYXdzEXAMPLE' };

function sign(
  change: Partial<PresignRequest> = {},
  time: { readonly nowMs?: number } = {},
  keys: Partial<SigningCredentials> = {},
): string {
  const request: PresignRequest = {
    method: 'GET',
    endpoint: s3.endpoint,
    addressing: 'path',
    region: s3.region,
    bucket,
    key: 'avatars/ann.png',
    expiresInSeconds: 3600,
    ...change,
  };
  return presign(request, { ...s3, ...keys }, { nowMs: Date.now(), ...time }).reveal();
}

beforeAll(async () => {
  await createBucket(s3, bucket);
  writeFileSync(path.join(folder, 'ann.png'), 'an image');
  await putObject(s3, { bucket, key: 'avatars/ann.png', body: 'image' });
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Example {
  readonly command: string;
  readonly output: string;
}

/** The commands of a section's `console` blocks, each with what it prints. */
function examplesOf(section: string): readonly Example[] {
  const blocks = [...section.matchAll(/```console\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  return blocks
    .flatMap((block) => block.split(/^\$ /m).slice(1))
    .map((text) => {
      const [command = '', ...output] = text.split('\n');
      return { command, output: output.join('\n') };
    });
}

async function runInShell(command: string): Promise<string> {
  const env = {
    PATH: searchPath,
    HOME: folder,
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    AWS_ENDPOINT_URL: s3.endpoint,
  };
  const real = command.replaceAll('user-media', bucket);
  const { stdout } = await execute('bash', ['--norc', '-c', `${real}; true`], { cwd: folder, env });
  return stdout;
}

/** Without what is another one each time. */
function normalize(output: string): string {
  return (
    output
      .replaceAll(bucket, 'user-media')
      // The test's store is a local one without TLS; the guide's is not.
      .replaceAll(/\nwarning: (?:not-encrypted|private-host)\n.*\n.*\n/g, '')
      .replaceAll(/\b(?:127\.0\.0\.1:\d+|s3\.example\.com)/g, 'HOST')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'TIME')
      .replaceAll(/[A-Z0-9]{4}…[A-Za-z0-9]{4}/g, 'KEY')
      .replaceAll(/\d+ s left/g, 'N s left')
      .trim()
  );
}

describe('the guide about refused URLs', () => {
  const sections = guide
    .split(/^## /m)
    .slice(1)
    .map((text) => ({ title: text.split('\n')[0] ?? '', examples: examplesOf(text) }))
    .filter(({ examples }) => examples.length > 0);

  test('has sections with examples', () => {
    expect(sections.length).toBeGreaterThan(5);
  });

  test.each(sections)('$title: each example prints what the guide says', async ({ title, examples }) => {
    const { url, answer } = prepared[title]?.() ?? {};
    if (url !== undefined) writeFileSync(path.join(folder, 'url.txt'), url);
    if (answer !== undefined) writeFileSync(path.join(folder, 'answer.xml'), answer);
    for (const { command, output } of examples) {
      expect(`$ ${command}\n${normalize(await runInShell(command))}`).toBe(
        `$ ${command}\n${normalize(output)}`,
      );
    }
  });

  test('the row of a wrong clock is what doctor prints', async () => {
    const [, shown = ''] = /```text\n([\s\S]*?)```/.exec(guide) ?? [];
    vi.stubEnv('AWS_ACCESS_KEY_ID', s3.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', s3.secretAccessKey);
    const { io, written } = memoryIo({ environment: process.env });
    const clock = { now: () => Date.now() - 1_200_000 };
    await run(['doctor', bucket, '--endpoint-url', s3.endpoint], { ...io, clock });
    vi.unstubAllEnvs();
    expect(written.stdout.replace(/\b(?:119[5-9]|120[1-5]) s/, '1200 s')).toContain(shown);
    expect(shown).toContain('fail  clock');
  });
});
