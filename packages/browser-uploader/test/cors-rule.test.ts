import { PutBucketCorsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { compileCors, compilePolicy } from '@valetkey/core';
import { createBucket, requireEngine, s3Admin } from '@valetkey/testbed';
import { expect, inject, onTestFinished, test } from 'vitest';

test.each(['seaweedfs', 'versitygw'] as const)(
  '%s lets a page read what the compiled rule exposes, of a success and of a refusal',
  async (name) => {
    const s3 = requireEngine(inject('engines'), name);
    const bucket = `cors-rule-${process.pid}`;
    const origin = 'https://app.example.com';
    await createBucket(s3, bucket);
    const client = s3Admin(s3);
    onTestFinished(() => client.destroy());
    const policy = compilePolicy(
      {
        name: 'uploads',
        subjects: [{ kind: 'user' }],
        stores: ['media'],
        buckets: [bucket],
        rule: { actions: ['upload'], keys: ['uploads/{uuid}'], lifetime: { max: '1h' } },
      },
      'policy',
    );
    const { CORSRules } = compileCors([policy], { bucket, origins: [origin] });
    const rules = CORSRules.map((rule) => ({
      AllowedOrigins: [...rule.AllowedOrigins],
      AllowedMethods: [...rule.AllowedMethods],
      AllowedHeaders: [...rule.AllowedHeaders],
      ExposeHeaders: [...rule.ExposeHeaders],
      MaxAgeSeconds: rule.MaxAgeSeconds,
    }));
    await client.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules: rules } }));
    const url = await getSignedUrl(client, new PutObjectCommand({ Bucket: bucket, Key: 'uploads/a' }));
    const put = (to: string) => fetch(to, { method: 'PUT', body: 'a', headers: { origin } });
    const exposedBy = ({ headers }: Response) =>
      headers.get('access-control-expose-headers')?.toLowerCase().split(/,\s*/);
    const answers = [await put(url), await put(url.replace(/Signature=./, 'Signature=!'))];
    expect(answers.map(({ status }) => status)).toEqual([200, 403]);
    const ours = expect.arrayContaining(['etag', 'retry-after', 'x-amz-version-id']);
    expect(answers.map(exposedBy)).toEqual([ours, ours]);
  },
);
