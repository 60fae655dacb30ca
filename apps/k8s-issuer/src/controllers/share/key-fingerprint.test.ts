import { expect, test } from 'vitest';

import { createKeyFingerprints } from './key-fingerprint.ts';

const place = 'valetkey-system/keys';
const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'canary-secret', sessionToken: 'canary-token' };
const other = [
  { ...keys, accessKeyId: 'AKIAOTHER' },
  { ...keys, secretAccessKey: 'canary-changed' },
  { ...keys, sessionToken: 'canary-renewed' },
  { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey },
];

test('the same keys have the same fingerprint in every replica and at every place', async () => {
  const [first, second] = [createKeyFingerprints(), createKeyFingerprints()];
  const fingerprint = await first(place, keys);
  expect(await second('vision/own', { ...keys })).toBe(fingerprint);
  // Also after others were seen at the place.
  await first(place, { ...keys, secretAccessKey: 'canary-changed' });
  expect(await first(place, keys)).toBe(fingerprint);
});

test('every part of the keys counts', async () => {
  const fingerprints = createKeyFingerprints();
  const all = await Promise.all([keys, ...other].map((one) => fingerprints(place, one)));
  expect(new Set(all).size).toBe(all.length);
});

test('none of it is in the fingerprint', async () => {
  const fingerprint = await createKeyFingerprints()(place, keys);
  expect(fingerprint).toMatch(/^[A-Za-z0-9_-]{22}$/);
  for (const part of Object.values(keys)) expect(fingerprint).not.toContain(part);
});
