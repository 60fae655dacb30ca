/// <reference types="node" />
import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { cases, traps } from '../vectors/cases.ts';

test('the README of the vectors says how many there are and what each field is', () => {
  const readme = readFileSync(new URL('../vectors/README.md', import.meta.url), 'utf8').replaceAll(
    /\s+/g,
    ' ',
  );
  expect(readme).toContain(`here are ${cases.length}, and ${traps.length} requests`);
  const document = JSON.parse(
    readFileSync(new URL('../vectors/sigv4-presign-vectors.json', import.meta.url), 'utf8'),
  );
  const [vector] = document.vectors;
  const [trap] = document.traps;
  const fields = [...Object.keys(document.vectors[0]), ...Object.keys(vector.request), ...Object.keys(trap)];
  for (const field of fields) expect(readme).toContain(`\`${field}\``);
});
