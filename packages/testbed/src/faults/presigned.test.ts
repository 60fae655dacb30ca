import { randomUUID } from 'node:crypto';

import { PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { expect, inject, onTestFinished, test } from 'vitest';

import { requireEngine } from '../require-engine.ts';
import { createBucket, s3Admin } from '../s3/s3-admin.ts';
import { startFaultLayer } from './start-fault-layer.ts';

test('a URL signed for the layer is valid at SeaweedFS behind it, before and after a fault', async () => {
  const s3 = requireEngine(inject('engines'), 'seaweedfs');
  const layer = await startFaultLayer({ target: s3.endpoint });
  onTestFinished(layer.stop);
  const client = s3Admin({ ...s3, endpoint: layer.endpoint });
  onTestFinished(() => client.destroy());
  const Bucket = `faults-${randomUUID()}`;
  await createBucket(s3, Bucket);
  const Key = 'a folder/größe+1.bin';
  const url = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key, ContentLength: 5 }));
  const put = async (target: string): Promise<number> =>
    (await fetch(target, { method: 'PUT', body: 'hello' })).status;

  layer.script([{ when: { method: 'PUT', from: 1 }, fault: { kind: 'status', status: 503 } }]);
  expect([await put(url), await put(url), await put(url)]).toEqual([200, 503, 200]);
  expect(await put(url.replace(/.$/, (last) => (last === '0' ? '1' : '0')))).toBe(403);
  // Straight to the engine the Host header differs from the signed one.
  expect(await put(url.replace(layer.endpoint, s3.endpoint))).toBe(403);
  expect(JSON.stringify(layer.log())).not.toContain('X-Amz');
});
