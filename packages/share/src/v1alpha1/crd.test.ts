import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { toCustomResourceDefinitions } from './crd.ts';

const folder = new URL('../../../../infra/crds/', import.meta.url);
const definitions = toCustomResourceDefinitions().map((definition) => ({
  definition,
  name: (definition['metadata'] as { readonly name: string }).name,
}));

describe('infra/crds', () => {
  test.each(definitions)(
    '$name.yaml is what the schemas say; `pnpm generate` mends it',
    async ({ name, definition }) => {
      const written: unknown = parse(await readFile(new URL(`${name}.yaml`, folder), 'utf8'));
      expect(written).toEqual(JSON.parse(JSON.stringify(definition)));
    },
  );

  test('holds one file for each kind and a kustomization that names them all', async () => {
    const files = definitions.map(({ name }) => `${name}.yaml`).toSorted();
    const written = (await readdir(folder)).toSorted();
    expect(written).toEqual([...files, 'kustomization.yaml'].toSorted());
    const kustomization: unknown = parse(await readFile(new URL('kustomization.yaml', folder), 'utf8'));
    const { resources } = kustomization as { readonly resources: readonly string[] };
    expect(resources.toSorted()).toEqual(files);
  });
});

interface Version {
  readonly schema: { readonly openAPIV3Schema: object };
}

/** Every schema below a node, with its path. */
function* schemasOf(node: unknown, path = ''): Generator<{ path: string; schema: Record<string, unknown> }> {
  if (typeof node !== 'object' || node === null) return;
  const schema = node as Record<string, unknown>;
  yield { path, schema };
  yield* schemasOf(schema['items'], `${path}[]`);
  yield* schemasOf(schema['additionalProperties'], `${path}{}`);
  for (const [name, property] of Object.entries(schema['properties'] ?? {})) {
    yield* schemasOf(property, `${path}.${name}`);
  }
}

describe.each(definitions)('the schema of $name', ({ definition }) => {
  const [version] = (definition['spec'] as { readonly versions: readonly Version[] }).versions;
  const root = version?.schema.openAPIV3Schema;
  // apiVersion, kind and metadata are the API server's own.
  const own = [...schemasOf(root)].filter(({ path }) => /^\.(spec|status)/.test(path));

  test('describes its own fields', () => expect(own.length).toBeGreaterThan(5));

  test('bounds every list, map and string, so that the CEL budget holds', () => {
    for (const { path, schema } of own) {
      if (schema['type'] === 'array') expect(schema, path).toHaveProperty('maxItems');
      if (schema['type'] === 'string' && schema['enum'] === undefined) {
        expect(schema, path).toHaveProperty('maxLength');
      }
      if ('additionalProperties' in schema) expect(schema, path).toHaveProperty('maxProperties');
    }
  });

  test('has no reference with a namespace of its own', () => {
    expect(own.map(({ path }) => path).filter((path) => path.endsWith('.namespace'))).toEqual([]);
  });

  test('uses nothing that a structural schema may not', () => {
    expect(JSON.stringify(root)).not.toMatch(/"(\$schema|\$ref|definitions|patternProperties|const)":/);
    expect(own.filter(({ schema }) => schema['additionalProperties'] === false)).toEqual([]);
  });
});
