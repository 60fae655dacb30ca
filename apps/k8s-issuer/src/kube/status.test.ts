import { expect, test } from 'vitest';

import { toKubeError } from './status.ts';

const forbidden = {
  kind: 'Status',
  status: 'Failure',
  message: 'secrets "a" is forbidden: ValidatingAdmissionPolicy denied request',
  reason: 'Forbidden',
  details: { name: 'a', kind: 'secrets', causes: [{ message: 'ValidatingAdmissionPolicy denied request' }] },
  code: 403,
};

test('a refusal keeps status, reason, message and causes', () => {
  const error = toKubeError({ status: 403, body: forbidden, isSecret: true });
  expect(error.message).toBe(
    '403 Forbidden: secrets "a" is forbidden: ValidatingAdmissionPolicy denied request',
  );
  expect([error.status, error.reason, error.causes]).toEqual([
    403,
    'Forbidden',
    [{ message: 'ValidatingAdmissionPolicy denied request' }],
  ]);
});

test('a refusal about a Secret that may quote its values keeps no message', () => {
  const causes = [{ field: 'data[a]', reason: 'FieldValueInvalid', message: 'Invalid value: "canary"' }];
  const body = { message: 'Secret "a" is invalid: canary', reason: 'Invalid', details: { causes } };
  for (const status of [400, 422, 500]) {
    const error = toKubeError({ status, body, isSecret: true });
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('canary');
    expect(error.causes).toEqual([{ field: 'data[a]', reason: 'FieldValueInvalid' }]);
  }
  expect(toKubeError({ status: 422, body, isSecret: false }).message).toContain('canary');
});

test('a presigned URL in a message loses its signature', () => {
  const body = { reason: 'Invalid', message: 'bad value "https://b/k?X-Amz-Signature=canary"' };
  expect(toKubeError({ status: 422, body, isSecret: false }).message).not.toContain('canary');
});

test('an answer that is no Status tells nothing but its number', () => {
  for (const body of [undefined, null, 'canary', ['canary'], { data: 'canary' }]) {
    expect(toKubeError({ status: 502, body, isSecret: false }).message).toBe('502 Unknown');
  }
});

test('the time to wait comes from the header or the Status', () => {
  expect(toKubeError({ status: 429, body: {}, retryAfter: '3', isSecret: false }).retryAfterSeconds).toBe(3);
  const body = { details: { retryAfterSeconds: 7 } };
  expect(toKubeError({ status: 429, body, isSecret: false }).retryAfterSeconds).toBe(7);
  expect(toKubeError({ status: 429, body: {}, isSecret: false }).retryAfterSeconds).toBeUndefined();
});
