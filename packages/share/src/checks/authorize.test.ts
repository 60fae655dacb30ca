import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aPolicy, aShare, someInputs } from '../../test/builders.ts';
import { readSharePolicy } from '../v1alpha1/read-platform.ts';
import { authorize } from './authorize.ts';

const two = aShare({
  objects: [
    { name: 'weights', key: 'vision/v3/weights.bin' },
    { name: 'report', key: 'vision/out/report.json' },
  ],
});
const onlyWeights = { keys: ['vision/v3/{rest}'] };

describe('policies are tried in the order of their names', () => {
  test('whatever order they came in, the first that allows all objects is named', () => {
    const policies = ['a', 'b', 'c'].map((name) => aPolicy(name));
    fc.assert(
      fc.property(fc.shuffledSubarray(policies, { minLength: 1 }), (some) => {
        const first = some.map(({ metadata }) => metadata.name).toSorted()[0];
        expect(authorize(someInputs({ policies: some }))).toMatchObject({ policy: first });
      }),
    );
  });

  test('names compare by code unit, so 10 comes before 9', () => {
    const policies = [aPolicy('p-9'), aPolicy('p-10')];
    expect(authorize(someInputs({ policies }))).toMatchObject({ policy: 'p-10' });
  });

  test('one that allows only some objects is passed over for a later one that allows all', () => {
    const policies = [aPolicy('a', onlyWeights), aPolicy('b')];
    const outcome = authorize(someInputs({ share: two, policies }));
    if (!('grants' in outcome)) throw new Error(outcome.message);
    expect(outcome.policy).toBe('b');
    expect([...outcome.grants.values()].map(({ policy }) => policy)).toEqual(['b', 'b']);
  });

  test('grants of two policies are never put together', () => {
    const policies = [aPolicy('a', onlyWeights), aPolicy('b', { keys: ['vision/out/{rest}'] })];
    expect(authorize(someInputs({ share: two, policies }))).not.toHaveProperty('grants');
  });
});

describe('an invalid policy', () => {
  const broken = (name: string, change: object = {}) => {
    const policy = readSharePolicy({
      ...aPolicy(name),
      spec: { ...aPolicy().spec, keys: [''], ...change },
    });
    if (policy.kind === 'SharePolicy') throw new Error('it is valid');
    return policy;
  };

  test('is named to the Shares that it would be about', () => {
    const inputs = someInputs({ policies: [], invalidPolicies: [broken('b'), broken('a'), broken('c')] });
    expect(authorize(inputs)).toMatchObject({
      reason: 'NoPolicyMatched',
      message: expect.stringMatching(/; SharePolicy a \(and 2 more\) breaks a rule/) as string,
    });
  });

  test('is named also when another policy denies', () => {
    const policies = [aPolicy('a', { keys: ['nowhere/{rest}'] })];
    expect(authorize(someInputs({ policies, invalidPolicies: [broken('b')] }))).toMatchObject({
      reason: 'KeyNotAllowed',
      message: expect.stringMatching(/^SharePolicy a: .*; SharePolicy b breaks a rule/) as string,
    });
  });

  test.each([{ buckets: ['others'] }, { namespaces: { names: ['other'] } }, { stores: [] }])(
    'is no business of others: %j',
    (change) => {
      const outcome = authorize(someInputs({ policies: [], invalidPolicies: [broken('b', change)] }));
      expect(outcome).toMatchObject({ reason: 'NoPolicyMatched' });
      expect(outcome).not.toMatchObject({ message: expect.stringContaining('breaks a rule') as string });
    },
  );

  test('allows nothing, and takes nothing from one that allows', () => {
    expect(authorize(someInputs({ invalidPolicies: [broken('a')] }))).toMatchObject({
      policy: 'team-models',
    });
  });
});

describe('when no policy allows all', () => {
  test('the miss of the one that allowed most objects is told', () => {
    const policies = [aPolicy('a', { keys: ['nowhere/{rest}'] }), aPolicy('b', onlyWeights)];
    expect(authorize(someInputs({ share: two, policies }))).toMatchObject({
      reason: 'KeyNotAllowed',
      message: expect.stringMatching(/^SharePolicy b: spec\.objects\[1\]: /) as string,
    });
  });

  test('of equal misses the one of the first name is told', () => {
    const policies = [aPolicy('b', { keys: ['x/{rest}'] }), aPolicy('a', { keys: ['y/{rest}'] })];
    expect(authorize(someInputs({ policies }))).toMatchObject({
      message: expect.stringMatching(/^SharePolicy a: /) as string,
    });
  });
});

describe('a policy that contradicts itself', () => {
  const broken = aPolicy('a-broken', { lifetime: { default: '4h', max: '1h' } });

  test('hides no other policy', () => {
    expect(authorize(someInputs({ policies: [broken, aPolicy('b')] }))).toMatchObject({ policy: 'b' });
  });

  test('is named when there is no other', () => {
    expect(authorize(someInputs({ policies: [broken] }))).toMatchObject({
      reason: 'NoPolicyMatched',
      message: expect.stringContaining('SharePolicy a-broken: ') as string,
    });
  });
});
