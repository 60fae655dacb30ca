import { readFileSync } from 'node:fs';

import { toCustomResourceDefinitions } from '@valetkey/share';
import { expect, test } from 'vitest';

import { toCrdReference } from './crd-reference.ts';

test('docs/reference/crds.md is what the schemas say; `npm run generate` writes it again', () => {
  const written = readFileSync(new URL('../../docs/reference/crds.md', import.meta.url), 'utf8');
  expect(written).toBe(toCrdReference(toCustomResourceDefinitions()));
});

test('it tells of every kind, of defaults, bounds and rules, and of fields within lists', () => {
  const page = toCrdReference(toCustomResourceDefinitions());
  for (const kind of ['Share', 'SharePolicy', 'ShareStore', 'ClusterShareStore']) {
    expect(page).toContain(`\n## ${kind}\n`);
  }
  expect(page).toContain(
    '| `spec.objects[].key` | string | yes | Key of the object; at most 1024 characters;',
  );
  expect(page).toContain('| `spec.target.layout` | `Files`, `Env`, `Both` | `"Files"` |');
  expect(page).toContain('must have exactly one of default, secretRef, webIdentity, assumeRole');
});
