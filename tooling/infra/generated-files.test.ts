import { existsSync, readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { generatedFiles } from './generated-files.ts';
import { readValuesSchema, type ValueSchema } from './helm-values.ts';
import { readIssuerRules, type Rule } from './issuer-rules.ts';

const root = new URL('../../', import.meta.url);

describe('what is written from other files', () => {
  test.each(generatedFiles())('$path is what `npm run generate` writes', ({ path, content }) => {
    const file = new URL(path, root);
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe(content);
  });
});

describe('the values of the chart', () => {
  const values = listValues(readValuesSchema(), '').filter(({ path }) => path !== 'global');

  test('are many', () => {
    expect(values.length).toBeGreaterThan(25);
  });

  test.each(values)('$path is described, and has a default or is closed', ({ schema }) => {
    expect(schema.description).toMatch(/\S/);
    if (schema.properties === undefined) expect(schema).toHaveProperty('default');
    else expect(schema.additionalProperties).toBe(false);
  });
});

describe('the rights in some namespaces only', () => {
  const { cluster, readOnly, namespaced } = readIssuerRules();

  test('are those of the whole cluster, once each, without reports on what is the cluster’s', () => {
    const withoutNamespaces = (rules: readonly Rule[]) =>
      rights(rules).filter((right) => !right.startsWith('namespaces '));
    expect(withoutNamespaces([...readOnly, ...namespaced]).toSorted()).toEqual(
      withoutNamespaces(cluster)
        .filter((right) => !/^(sharepolicies|clustersharestores)\/status /.test(right))
        .toSorted(),
    );
  });

  test('read nothing of the cluster but policies and stores, and write nothing there but their status', () => {
    expect(
      rights(readOnly).filter((right) => !/^(sharepolicies|clustersharestores)(\/status)? /.test(right)),
    ).toEqual([]);
  });
});

interface ListedValue {
  readonly path: string;
  readonly schema: ValueSchema;
}

function listValues(schema: ValueSchema, prefix: string): readonly ListedValue[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) => [
    { path: `${prefix}${name}`, schema: child },
    ...listValues(child, `${prefix}${name}.`),
  ]);
}

function rights(rules: readonly Rule[]): readonly string[] {
  return rules.flatMap(({ resources, verbs }) =>
    resources.flatMap((resource) => verbs.map((verb) => `${resource} ${verb}`)),
  );
}
