import { PutBucketCorsCommand } from '@aws-sdk/client-s3';
import { allowOrigins, s3Admin } from '@valetkey/testbed';
import { expect, inject, onTestFinished, test } from 'vitest';

import type { Diagnosis } from '../src/diagnose.ts';
import { openPage, type PageOptions } from './page-under-test.ts';

const script = `
  import { diagnose } from '../src/diagnose.ts';
  const given = new URLSearchParams(location.search).get('endpoint');
  globalThis.run = (policy = 'uploads', endpoint = given) => diagnose({ endpoint, policy });
`;

async function opened(options: Partial<PageOptions> = {}) {
  const under = await openPage({ engines: inject('engines'), script, ...options });
  onTestFinished(under.stop);
  return under;
}

const failureOf = ({ checks }: Diagnosis) => checks.find(({ result }) => result === 'failed');

test('a page that can upload is told so, check by check', async () => {
  const { page } = await opened();
  const { ok, checks, table } = await page.evaluate<Diagnosis>(`run()`);
  expect({ ok, results: checks.map(({ check, result }) => `${check} ${result}`) }).toEqual({
    ok: true,
    results: ['service', 'signed-in', 'policy', 'clock', 'signing', 'store', 'put', 'etag', 'complete'].map(
      (check) => `${check} ok`,
    ),
  });
  expect(table.split('\n')).toHaveLength(9);
  expect(table).not.toMatch(/X-Amz|\?/);
});

test('a bucket that refuses the page is told apart from one that is away, with the rule to add', async () => {
  const { page, s3, bucket, pageOrigin } = await opened();
  await allowOrigins(s3, bucket, ['https://other.example']);
  const diagnosis = await page.evaluate<Diagnosis>(`run()`);
  expect(failureOf(diagnosis)).toEqual({
    check: 'store',
    result: 'failed',
    detail:
      `${s3.endpoint} does not let this page upload. Add to the bucket's CORS rule: AllowedOrigins ` +
      `["${pageOrigin}"], AllowedMethods ["PUT"], AllowedHeaders ["*"], ExposeHeaders ["ETag", "Retry-After"].`,
  });
  expect(diagnosis.checks.at(-1)).toMatchObject({ check: 'complete', result: 'skipped' });
});

test('a rule that does not expose Retry-After is no fault; one that hides the ETag is worth a word', async () => {
  const { page, s3, bucket, pageOrigin } = await opened();
  const client = s3Admin(s3);
  onTestFinished(() => client.destroy());
  const resultsWith = async (exposed: readonly string[]) => {
    const CORSRules = [
      {
        AllowedOrigins: [pageOrigin],
        AllowedMethods: ['PUT'],
        AllowedHeaders: ['*'],
        ExposeHeaders: [...exposed],
      },
    ];
    await client.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules } }));
    const { ok, checks } = await page.evaluate<Diagnosis>(`run()`);
    return { ok, notOk: checks.filter(({ result }) => result !== 'ok').map(({ check }) => check) };
  };
  expect(await resultsWith(['ETag'])).toEqual({ ok: true, notOk: [] });
  expect(await resultsWith(['Retry-After'])).toEqual({ ok: true, notOk: ['etag'] });
});

test('a service that is away, and a policy that is not there', async () => {
  const { page } = await opened({ connect: 'http://127.0.0.1:9' });
  expect(failureOf(await page.evaluate(`run('uploads', 'http://127.0.0.1:9')`))).toMatchObject({
    check: 'service',
    detail: expect.stringContaining('does not answer'),
  });
  expect(failureOf(await page.evaluate(`run('nothing')`))).toMatchObject({ check: 'policy' });
});

test('a service that does not know the page says which origin to add', async () => {
  const { page, s3, pageOrigin } = await opened();
  // The store stands for a server that answers without CORS.
  expect(failureOf(await page.evaluate(`run('uploads', '${s3.endpoint}')`))).toMatchObject({
    check: 'service',
    detail: expect.stringContaining(`Add "${pageOrigin}" to its server.corsOrigins`),
  });
});

test('an offline browser is told so', async () => {
  const { page, context } = await opened();
  await context.setOffline(true);
  expect(failureOf(await page.evaluate(`run()`))).toMatchObject({ detail: 'This browser is offline.' });
});
