import { compilePolicy, defineStore } from '@valetkey/core';
import { expect, test } from 'vitest';

import { createService } from './service.ts';

const store = defineStore({ name: 'media', profile: 'aws', region: 'eu-central-1' });
const credentials = async () => ({ accessKeyId: 'AKIAEXAMPLEEXAMPLE12', secretAccessKey: 'not-a-secret' });
const policy = compilePolicy(
  {
    name: 'files',
    subjects: [{ kind: 'user' }],
    stores: ['media'],
    buckets: ['user-media'],
    rule: { actions: ['download'], keys: ['files/{any}'], lifetime: { max: '1h' } },
  },
  'policy',
);
const make = (secrets: readonly Uint8Array[]) =>
  createService({ stores: new Map([['media', { store, credentials }]]), policies: [policy], secrets });

test.each<[string, Uint8Array[], string, string]>([
  ['no secret', [], 'secrets', 'no secret'],
  ['a secret of 3 bytes', [new Uint8Array(3)], 'secrets[0]', '3 bytes'],
  ['an older secret of 31 bytes', [new Uint8Array(32), new Uint8Array(31)], 'secrets[1]', '31 bytes'],
])('a service with %s is not made', (_title, secrets, field, got) => {
  expect(() => make(secrets)).toThrow(
    expect.objectContaining({
      code: 'invalid-configuration',
      field,
      expected: 'at least 32 bytes of randomness',
      got,
    }),
  );
});

test('a service with a secret of 32 bytes is made', () => {
  expect(make([new Uint8Array(32)])).toHaveProperty('downloads');
});
