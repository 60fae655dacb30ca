/** The index changes how fast a decision is, and nothing else. */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { propertyRuns } from '../../test/properties/property-runs.ts';
import type { AccessRequest } from '../policy/access-request.ts';
import { createPolicySet } from '../policy/policy-set.ts';
import { compilePolicy, type PolicyInput } from '../policy/policy.ts';
import type { Action } from '../policy/rule.ts';
import { evaluate, type Evaluation } from './evaluate.ts';

const runs = propertyRuns(2000);
const nowMs = Date.parse('2026-11-24T12:00:00Z');
const context = { nowMs, newUuid: () => '0b54b5a4-9f0e-4c6e-8f5a-2f6f8f6f8f6f' };

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const patternSegment = fc.constantFrom(
  'a',
  'b',
  'a{uuid}',
  '{sub}',
  '{claims.tenant}',
  '{any}',
  '{name}',
  '{date}',
);
const pattern = fc
  .tuple(fc.array(patternSegment, { maxLength: 3 }), fc.boolean())
  .map(([parts, rest]) => [...parts, ...(rest || parts.length === 0 ? ['{rest}'] : [])].join('/'));
const policyInput: fc.Arbitrary<Omit<PolicyInput, 'name'>> = fc.record({
  subjects: fc.constantFrom<PolicyInput['subjects']>(
    [{ kind: 'user' }],
    [{ kind: 'user', claims: { tenant: ['t1', 't2'] } }],
    [{ kind: 'user', id: 'ann' }, { kind: 'serviceAccount' }],
  ),
  stores: fc.constantFrom(['media'], ['media', 'archive']),
  buckets: fc
    .constantFrom(['one'], ['two'], ['one', 'two', 'one'])
    .map((names) => names.map((name) => `bucket-${name}`)),
  slashes: fc.constantFrom('exact', 'collapsed'),
  notAfter: fc.constantFrom(undefined, undefined, '2026-11-24T11:00:00Z', '2026-11-24T13:00:00Z'),
  rule: fc.record({
    actions: fc.uniqueArray(fc.constantFrom<Action>('download', 'upload', 'delete', 'list'), {
      minLength: 1,
    }),
    keys: fc.array(pattern, { minLength: 1, maxLength: 3 }),
    exceptKeys: optional(fc.array(pattern, { maxLength: 1 })),
    keySyntax: fc.constantFrom('strict', 'raw'),
    lifetime: fc.constantFrom({ max: '1h' }, { max: '10s' }),
    upload: optional(fc.constantFrom({ maxSize: 10 }, { contentTypes: ['image/*'] }, { overwrite: false })),
    download: optional(fc.constantFrom({ requireVersionId: true }, { disposition: 'inline' as const })),
  }),
});
const keySegment = fc.constantFrom(
  'a',
  'b',
  'ann',
  't1',
  'x',
  '',
  '2026-11-24',
  '..',
  'a0b54b5a4-9f0e-4c6e-8f5a-2f6f8f6f8f6f',
);
const request: fc.Arbitrary<AccessRequest> = fc.record({
  subject: fc.constantFrom<AccessRequest['subject']>(
    { kind: 'user', id: 'ann', claims: { tenant: 't1' } },
    { kind: 'user', id: 'a/b', claims: {} },
    { kind: 'serviceAccount', id: 'team/x', claims: {}, namespace: 'team' },
  ),
  store: fc.constantFrom('media', 'media', 'archive'),
  bucket: fc.constantFrom('bucket-one', 'bucket-two', 'bucket-three'),
  method: fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE'),
  key: fc.option(
    fc.array(keySegment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
    { nil: undefined, freq: 5 },
  ),
  fileName: optional(fc.constantFrom('a.png', '')),
  lifetimeSeconds: fc.constantFrom(undefined, undefined, 1, 11),
  versionId: fc.constantFrom(undefined, undefined, undefined, 'v1'),
  upload: fc.constantFrom(
    undefined,
    undefined,
    { contentLength: 11 },
    { contentLength: 1, contentType: 'image/png' },
  ),
});

test('a decision is that of asking every policy in turn, denials included', () => {
  let allowed = 0;
  fc.assert(
    fc.property(
      fc.array(policyInput, { minLength: 2, maxLength: 14, size: 'max' }),
      request,
      (inputs, asked) => {
        const policies = inputs.map((input, index) =>
          compilePolicy({ ...input, name: `p${index}` }, 'policy'),
        );
        const decision = evaluate(createPolicySet(policies), asked, context);
        expect(decision).toEqual(inTurn(policies, asked));
        if (decision.allowed) allowed += 1;
      },
    ),
    { numRuns: runs },
  );
  expect(allowed).toBeGreaterThan(runs / 40);
});

/** One set for each policy, so that no index can leave one out. */
function inTurn(policies: readonly ReturnType<typeof compilePolicy>[], asked: AccessRequest): Evaluation {
  const own = policies.filter(({ buckets }) => buckets.some((bucket) => bucket === asked.bucket));
  if (own.length === 0) return evaluate(createPolicySet([]), asked, context);
  const denials = [];
  for (const policy of own) {
    const answer = evaluate(createPolicySet([policy]), asked, context);
    if (answer.allowed) return answer;
    denials.push(...answer.denials);
  }
  return { allowed: false, denials };
}
