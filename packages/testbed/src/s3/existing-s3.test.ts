import { expect, test } from 'vitest';

import { existingS3 } from './existing-s3.ts';

const all = {
  VALETKEY_S3_ENDPOINT: 'https://s3.example/',
  VALETKEY_S3_REGION: 'eu-central-1',
  VALETKEY_S3_ACCESS_KEY_ID: 'id',
  VALETKEY_S3_SECRET_ACCESS_KEY: 'secret',
};

test('describes the service of the four variables', () => {
  expect(existingS3(all)?.description).toEqual({
    name: 'existing',
    endpoint: 'https://s3.example',
    region: 'eu-central-1',
    accessKeyId: 'id',
    secretAccessKey: 'secret',
  });
});

test('is undefined without an endpoint', () => {
  expect(existingS3({ VALETKEY_S3_REGION: 'eu-central-1' })).toBeUndefined();
});

test('names the variables that are missing, and no value', () => {
  const { VALETKEY_S3_ENDPOINT, VALETKEY_S3_SECRET_ACCESS_KEY } = all;
  expect(() => existingS3({ VALETKEY_S3_ENDPOINT, VALETKEY_S3_SECRET_ACCESS_KEY })).toThrow(
    /^VALETKEY_S3_ENDPOINT is set but not VALETKEY_S3_REGION, VALETKEY_S3_ACCESS_KEY_ID$/,
  );
});
