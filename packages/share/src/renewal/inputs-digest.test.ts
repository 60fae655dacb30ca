import { describe, expect, test } from 'vitest';
import { aNamespace, aPolicy, aShare, aStore, someInputs } from '../../test/builders.ts';
import { decideShare } from '../decide-share.ts';
import type { ShareInputs } from '../share-inputs.ts';
import { inputsDigest } from './inputs-digest.ts';

function digest(change: Partial<ShareInputs> = {}, signer = 'AKIAIOSFODNN7EXAMPLE'): string {
  const inputs = someInputs(change);
  const decision = decideShare(inputs);
  if (!decision.allowed) throw new Error(decision.finding.message);
  const { store, authorization } = decision;
  return inputsDigest({ share: inputs.share, store, grants: authorization.grants, signer });
}

const unrelated: readonly [title: string, change: Partial<ShareInputs>][] = [
  ['a later hour', { nowMs: someInputs().nowMs + 3_600_000 }],
  ['a label of the Share', { share: aShare({}, { labels: { team: 'a' } }) }],
  ['a new generation and resource version', { share: aShare({}, { generation: 7, resourceVersion: '9' }) }],
  ['a label of the namespace', { namespace: aNamespace({ labels: { tier: 'ml', team: 'a' } }) }],
  [
    'more keys in the policy',
    { policies: [aPolicy('team-models', { keys: ['{namespace}/{rest}', 'x/{rest}'] })] },
  ],
  ['a longer maximum in the policy', { policies: [aPolicy('team-models', { lifetime: { max: '12h' } })] }],
  ['another policy that allows the same', { policies: [aPolicy('a'), aPolicy('team-models')] }],
  ['the store open to more namespaces', { store: aStore({ allowedNamespaces: { selector: {} } }) }],
  ['the default layout, written out', { share: aShare({ target: { layout: 'Files' } }) }],
];

const object = (fields: Readonly<Record<string, unknown>>) =>
  aShare({ objects: [{ name: 'weights', key: 'vision/v3/weights.bin', ...fields }] });
const target = (fields: Readonly<Record<string, unknown>>) => aShare({ target: fields });

const related: readonly [title: string, change: Partial<ShareInputs>][] = [
  ['the key', { share: object({ key: 'vision/v4/weights.bin' }) }],
  ['the object’s name', { share: object({ name: 'model' }) }],
  ['the method', { share: object({ method: 'HEAD' }) }],
  ['the version', { share: object({ versionId: 'v7' }) }],
  ['a response header', { share: object({ response: { contentType: 'text/plain' } }) }],
  ['the lifetime', { share: aShare({ lifetime: '2h' }) }],
  [
    'the policy’s default lifetime',
    { policies: [aPolicy('team-models', { lifetime: { default: '2h', max: '4h' } })] },
  ],
  ['the end time', { share: aShare({ endTime: '2027-01-31T00:00:00Z' }) }],
  ['the lead', { share: aShare({ renewal: { before: '10m' } }) }],
  ['the layout', { share: target({ layout: 'Both' }) }],
  ['a label of the template', { share: target({ template: { labels: { team: 'a' } } }) }],
  ['an annotation of the template', { share: target({ template: { annotations: { team: 'a' } } }) }],
  ['the region', { store: aStore({ region: 'eu-west-1' }) }],
  ['the endpoint', { store: aStore({ publicEndpoint: 'https://files.example.com' }) }],
  ['the endpoint’s variant', { store: aStore({ useDualstackEndpoint: true }) }],
  ['the addressing', { store: aStore({ addressing: 'path' }) }],
  ['the store’s maximum', { store: aStore({ maxLifetime: '12h' }) }],
];

describe('the digest stays the same for', () => {
  test.each(unrelated)('%s', (_title, change) => {
    expect(digest(change)).toBe(digest());
  });

  test('the template’s labels in another order', () => {
    const labels = (names: readonly string[]) => ({
      share: target({ template: { labels: Object.fromEntries(names.map((name) => [name, 'x'])) } }),
    });
    expect(digest(labels(['b', 'a']))).toBe(digest(labels(['a', 'b'])));
  });
});

describe('the digest changes with', () => {
  test.each(related)('%s', (_title, change) => {
    expect(digest(change)).not.toBe(digest());
  });

  test('the signer’s identity', () => {
    expect(digest({}, 'AKIAOTHER')).not.toBe(digest());
  });
});

test('a digest is 64 hexadecimal digits and holds nothing else', () => {
  expect(digest()).toMatch(/^[0-9a-f]{64}$/);
});
