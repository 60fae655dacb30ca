/// <reference types="node" />
/** What the guides of stores and credentials show is true: configurations load, TypeScript compiles. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';

import { configurationSchema } from '../src/s3/configuration-schema.ts';
import { parseConfiguration } from '../src/s3/configuration.ts';
import { parseSecretFile } from '../src/s3/secret-file.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (file: string) => readFileSync(path.join(root, 'docs', file), 'utf8');
/** Code of one language; a block in a list is indented. */
const blocks = (file: string, language: string) =>
  [...read(file).matchAll(new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, 'gm'))].map(
    ([, indent = '', code = '']) => code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );

describe.each([
  ['guides/credentials-and-lifetime.md', 5],
  ['guides/s3-or-cloudfront.md', 1],
  ['reference/stores.md', 3],
])('%s', (file, count) => {
  test('shows configurations that load', () => {
    const shown = blocks(file, 'yaml');
    expect(shown).toHaveLength(count);
    for (const text of shown) expect(parseConfiguration(text, file).stores.size).toBeGreaterThan(0);
  });
});

test('the secret file of the guide is one', () => {
  const [secret = ''] = blocks('guides/credentials-and-lifetime.md', 'json');
  expect(parseSecretFile(secret, 'guide').accessKeyId).toBe('AKIAIOSFODNN7EXAMPLE');
});

test('the TypeScript of the guides compiles', () => {
  const examples = ['guides/credentials-and-lifetime.md', 'guides/s3-or-cloudfront.md'].flatMap((file) =>
    blocks(file, 'ts'),
  );
  expect(examples).toHaveLength(2);
  // Inside the package, so that everything resolves.
  const folder = mkdtempSync(path.join(import.meta.dirname, '.guides-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = examples.map((code, index) => {
    writeFileSync(path.join(folder, `${index}.ts`), `/// <reference types="node" />\n${code}`);
    return `${index}.ts`;
  });
  const configuration = { extends: '../../tsconfig.json', files, include: [] };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(configuration));
  const tsc = createRequire(path.join(root, 'package.json')).resolve('typescript/package.json');
  const { status, stdout } = spawnSync(path.join(path.dirname(tsc), 'bin/tsc'), ['-p', folder], {
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});

test('reference/stores.md lists every field of a store and every kind of credentials with its fields', () => {
  const { stores } = fieldsOf(z.toJSONSchema(configurationSchema, { io: 'input' }));
  const store = fieldsOf(schema.parse(stores).additionalProperties);
  const [fields = '', rest = ''] = read('reference/stores.md').split('## Credentials');
  const named = [...fields.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(Object.keys(store)));
  const table = rest.split('<!-- /credentials -->')[0] ?? '';
  const kinds = [...table.matchAll(/^\| `(\w+)` +\|([^|]*)\|/gm)].map(
    ([, kind = '', cell = '']) => [kind, [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name)] as const,
  );
  const known = Object.entries(fieldsOf(store['credentials'])).map(
    ([kind, each]) => [kind, Object.keys(fieldsOf(each))] as const,
  );
  expect(Object.fromEntries(kinds)).toEqual(Object.fromEntries(known));
});

const schema = z.object({
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
});

function fieldsOf(input: unknown): Readonly<Record<string, unknown>> {
  return schema.parse(input).properties ?? {};
}
