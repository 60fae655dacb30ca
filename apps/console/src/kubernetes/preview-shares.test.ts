import { expect, test } from 'vitest';

import { exampleYaml } from './example.ts';
import { previewShares } from './preview-shares.ts';

test('the example is admitted, by its policy, into its Secret, without a signature', () => {
  const preview = previewShares(exampleYaml);
  expect(preview).toMatchObject({
    valid: true,
    shares: [{ name: 'vision/weights', admitted: true, policy: 'team-models', secretName: 'weights-urls' }],
  });
  expect(JSON.stringify(preview)).toMatch(/X-Amz-Signature=REDACTED/);
  expect(JSON.stringify(preview)).not.toMatch(/X-Amz-Signature=[0-9a-f]/);
});

test.each([
  [
    'a lifetime over the maximum',
    (yaml: string) => yaml.replace('lifetime: 2h', 'lifetime: 5h'),
    'LifetimeTooLong',
    /team-models/,
  ],
  [
    'a key of another namespace',
    (yaml: string) => yaml.replace('key: vision/', 'key: other/'),
    'KeyNotAllowed',
    /other\/v3/,
  ],
  [
    'a store that is not there',
    (yaml: string) => yaml.replaceAll('metadata: { name: models }', 'metadata: { name: gone }'),
    'StoreNotFound',
    /models/,
  ],
  [
    'a namespace without the label',
    (yaml: string) => yaml.replace('labels: { tier: ml }', 'labels: {}'),
    'NamespaceNotAllowed',
    /vision/,
  ],
])('%s is told with the reason', (_title, change, reason, message) => {
  const preview = previewShares(change(exampleYaml));
  expect(preview).toMatchObject({ valid: true, shares: [{ admitted: false, reason }] });
  expect(JSON.stringify(preview)).toMatch(message);
});

test.each([
  ['nothing', '', /no Share/],
  ['broken YAML', 'kind: [', /line 1.*well-formed YAML/],
  ['an unknown field', exampleYaml.replace('lifetime: 2h', 'lifetme: 2h'), /spec\.lifetme/],
  ['a list', '- 1', /kind/],
  ['many aliases', `a: &a [x, x]\n${'b: [*a, *a]\n'.repeat(1)}`, /kind/],
])('%s is told as what it is', (_title, text, message) => {
  const preview = previewShares(text);
  expect(preview.valid).toBe(false);
  expect(preview.valid ? '' : preview.message).toMatch(message);
});
