import { describe, expect, test } from 'vitest';
import { aShare } from '../../test/builders.ts';
import { readShare } from './read-share.ts';

const status = { revision: 3, secretRef: { name: 'weights', uid: 'u', resourceVersion: '7' } };
const hostile = { ...aShare(), spec: { ...aShare().spec, bucket: '..' } };

describe('a stored Share', () => {
  test('that keeps every rule is read as it is', () => {
    expect(readShare({ ...aShare(), status })).toEqual({ ...aShare(), status });
  });

  test('that breaks a rule keeps its name and status, and says what is wrong', () => {
    expect(readShare({ ...hostile, status })).toEqual({
      kind: 'InvalidShare',
      metadata: aShare().metadata,
      secretName: 'weights',
      status,
      finding: { reason: 'InvalidSpec', message: expect.stringContaining('spec.bucket') as string },
    });
  });

  test.each([
    ['the name that it gives', { secretName: 'weights-urls' }, 'weights-urls'],
    [
      'the name that it gives beside a broken rule',
      { secretName: 'weights-urls', layout: 7 },
      'weights-urls',
    ],
    ['its own name', {}, 'weights'],
    ['its own name where it gives one that no Secret has', { secretName: '../../pods' }, 'weights'],
    ['its own name where it gives none', 'x', 'weights'],
  ])('that breaks a rule keeps a Secret of %s', (_what, target, secretName) => {
    expect(readShare({ ...hostile, spec: { ...hostile.spec, target } })).toMatchObject({ secretName });
  });

  test.each([['a text'], [{ revision: 'x' }], [{ conditions: [{ type: 'Ready' }] }]])(
    'loses the status %j, which nobody but a forger writes',
    (forged) => {
      expect(readShare({ ...aShare(), status: forged })).toEqual({ ...aShare(), status: undefined });
      expect(readShare({ ...hostile, status: forged })).toMatchObject({
        kind: 'InvalidShare',
        status: undefined,
      });
    },
  );

  test.each([undefined, null, 'x', {}, { metadata: {} }, { metadata: { name: 7 } }])(
    'without a name cannot be read: %j',
    (input) => {
      expect(() => readShare(input)).toThrow(expect.objectContaining({ name: 'ValetkeyError' }));
    },
  );
});
