/// <reference types="node" />
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { exampleUrl as url, session, nowMs } from '../../test/example-url.ts';
import { explain } from './explain.ts';

test('says what a URL allows, for whom and how long', () => {
  const { findings, ...facts } = explain(url({ versionId: 'v1' }, session), { nowMs: nowMs + 60_000 });
  expect(facts).toEqual({
    kind: 'sigv4',
    scheme: 'https',
    host: 'user-media.s3.eu-central-1.amazonaws.com',
    bucket: 'user-media',
    key: 'a/b.txt',
    addressing: 'virtual',
    region: 'eu-central-1',
    service: 's3',
    credential: { kind: 'temporary', accessKeyId: 'ASIA…MPLE' },
    signedAtMs: nowMs,
    expiresAtMs: nowMs + 600_000,
    remainingSeconds: 540,
    state: 'valid',
    signedHeaders: ['host'],
    signedFor: { methods: ['GET', 'HEAD', 'DELETE'], because: 'versionId in the query' },
    versionId: 'v1',
  });
  expect(findings).toEqual([]);
});

test('never shows signature, token, secret or whole key', () => {
  for (const text of [url({}, session), url().replace('&X-Amz-Expires=600', ''), `"${url({}, session)}"`]) {
    const signature = /X-Amz-Signature=([0-9a-f]+)/.exec(text)?.[1] ?? 'none';
    const shown = JSON.stringify(explain(text, { nowMs }));
    for (const secret of [signature, 'canary-token', 'canary-secret', 'IOSFODNN7EXAMPLE'])
      expect(shown).not.toContain(secret);
  }
});

test('a URL without a trap has no error and no warning', () => {
  expect(explain(url(), { nowMs }).findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
});

test('anything that can be pasted is taken', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => url() + text),
        fc.webUrl(),
      ),
      (text) => {
        expect(explain(text, { nowMs }).findings).toBeInstanceOf(Array);
      },
    ),
    { numRuns: 2000 },
  );
});
