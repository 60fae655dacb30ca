import { Writable } from 'node:stream';

import { systemClock } from '@valetkey/core';
import { createMemoryCounter } from '@valetkey/http-handler';
import { expect, test } from 'vitest';
import { z } from 'zod';

import { configurationFolder, nowhere } from '../test/signer-under-test.ts';
import { createIdentities } from './auth/identities.ts';
import { createApp } from './create-app.ts';
import { createLogger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { loadSettings } from './settings.ts';

test('what nobody expected to fail is answered as a problem, counted, and logged without what is secret', async () => {
  const lines: string[] = [];
  const write = (line: Buffer, _encoding: string, done: () => void) => {
    lines.push(line.toString());
    done();
  };
  const metrics = createMetrics();
  const { file } = await configurationFolder(nowhere);
  const app = createApp(await loadSettings(file, {}), {
    logger: createLogger(new Writable({ write })),
    logFailure: () => {},
    metrics,
    clock: systemClock,
    identities: createIdentities({ clock: systemClock, fetch, onFailure: () => {} }),
    createRateCounter: createMemoryCounter,
    fetch,
    isOverloaded: () => false,
    isReady: () => {
      throw new Error('at https://store/k?X-Amz-Signature=abcdef0123456789');
    },
  });
  const answer = await app.fetch(new Request('http://signer/readyz'));
  expect(answer.status).toBe(500);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const { requestId, ...problem } = z.looseObject({ requestId: z.string() }).parse(await answer.json());
  expect(problem).toMatchObject({ code: 'signing-failed', retryable: false });
  expect(lines.join('')).toContain(`"requestId":"${requestId}"`);
  expect(lines.join('')).toContain('"level":"error"');
  expect(lines.join('')).not.toContain('abcdef');
  expect((await metrics.render()).text).toContain('valetkey_signer_failures_total{code="signing-failed"} 1');
});
