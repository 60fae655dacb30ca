import { readFileSync } from 'node:fs';
import path from 'node:path';

import { storeProfiles, type StoreProfile } from '@valetkey/core';
import { expect, test } from 'vitest';

const file = path.join(path.dirname(import.meta.dirname), 'docs/reference/stores.md');

test('docs/reference/stores.md says of every profile what the code knows', () => {
  const table =
    readFileSync(file, 'utf8').split('<!-- profiles -->')[1]?.split('<!-- /profiles -->')[0] ?? '';
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(rows).toEqual(Object.values(storeProfiles).map(toRow));
});

function toRow(profile: StoreProfile): readonly string[] {
  const { name, conditionalWrites, postForms, versions, slashes, signedContentLength } = profile;
  const checksums = profile.checksums.map((checksum) =>
    profile.fullObjectChecksums.includes(checksum) ? `**${checksum}**` : checksum,
  );
  const yes = (known: boolean) => (known ? 'yes' : '');
  return [
    `\`${name}\``,
    yes(conditionalWrites),
    yes(postForms),
    yes(versions),
    slashes,
    yes(signedContentLength),
    checksums.join(', '),
  ];
}
