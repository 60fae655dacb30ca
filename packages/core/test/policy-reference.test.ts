/// <reference types="node" />
import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';
import { z } from 'zod';

import { configurationSchema } from '../src/s3/configuration-schema.ts';
import { isBoundVariable, isFreeVariable } from '../src/policy/pattern-variable.ts';

const reference = readFileSync(new URL('../../../docs/reference/policy.md', import.meta.url), 'utf8');
const section = (title: string) => reference.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
const firstColumn = (title: string) =>
  [...section(title).matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name);

test('docs/reference/policy.md lists every field of a policy, and no other', () => {
  const { properties } = z.toJSONSchema(configurationSchema, { io: 'input' });
  const policies = properties?.['policies'];
  const items = typeof policies === 'object' ? policies.items : undefined;
  expect(firstColumn('Fields').toSorted()).toEqual(fieldsOf('', items).toSorted());
});

test('docs/reference/policy.md lists every variable of a pattern, and no other', () => {
  const names = firstColumn('Key patterns').map((text) => text.slice(1, -1));
  for (const name of names)
    expect([name, isFreeVariable(name) || isBoundVariable(name)]).toEqual([name, true]);
  expect(names.filter(isFreeVariable)).toHaveLength(6);
  expect(names.filter(isBoundVariable)).toHaveLength(5);
});

/** `upload.maxSize`, `subjects[].kind`: every field that holds no other fields. */
function fieldsOf(place: string, schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [place];
  if ('properties' in schema && typeof schema.properties === 'object' && schema.properties !== null) {
    return Object.entries(schema.properties).flatMap(([name, inner]) =>
      fieldsOf(place === '' ? name : `${place}.${name}`, inner),
    );
  }
  const items = 'items' in schema ? schema.items : undefined;
  const isListOfObjects = typeof items === 'object' && items !== null && 'properties' in items;
  return isListOfObjects ? fieldsOf(`${place}[]`, items) : [place];
}
