import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { expect, onTestFinished, test } from 'vitest';

import { toTypeReference } from './type-reference.ts';

async function referenceOf(source: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'valetkey-reference-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const entry = path.join(folder, 'index.ts');
  const names = [...source.matchAll(/export (?:interface|function|type|const) (\w+)/g)].map(
    ([, name]) => name,
  );
  await writeFile(entry, `export { ${names.join(', ')} } from './source.ts';`);
  await writeFile(path.join(folder, 'source.ts'), source);
  return toTypeReference([{ name: 'a', entry: pathToFileURL(entry) }]);
}

test('an option shows its type, its default and the whole sentence, and never what is internal', async () => {
  const reference = await referenceOf(`
/** Choices of \`a\`. @public */
export interface AOptions {
  /**
   * Milliseconds a {@link Wait} takes,
   * at most.
   * @default 5
   */
  readonly waitMs?: number | undefined;
  /** Where: \`a | b\`. */
  readonly place: 'a' | 'b';
  /** Told of it. */
  readonly onDone?: ((how: string | undefined) => void) | undefined;
  /** @internal */
  readonly hidden?: boolean;
}`);
  expect(reference.replaceAll(/ +\|/g, ' |')).toContain('Choices of `a`.');
  const cells = reference
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
  expect(cells).toEqual([
    ['`waitMs`', '`number`', '5', 'Milliseconds a `Wait` takes, at most.'],
    ['`place`', "`'a' \\| 'b'`", 'required', 'Where: `a \\| b`.'],
    ['`onDone`', '`(how: string \\| undefined) => void`', 'none', 'Told of it.'],
  ]);
});

test('an option without a sentence cannot be published', async () => {
  await expect(
    referenceOf('export interface AOptions { /** @default 1 */ readonly a?: number }'),
  ).rejects.toThrow('AOptions.a has no sentence');
});

test('a function shows how it is called, what it throws and its example', async () => {
  const reference = await referenceOf(`
/**
 * Makes one.
 * @throws ValetkeyError \`not-found\`
 * @example
 * \`\`\`ts
 * make(1);
 * \`\`\`
 * @public
 */
export function make<A>(a: A, { b = 1 }: { readonly b?: number } = {}): A[] { return [a]; }`);
  expect(reference).toBe(`## \`a\`

### \`make()\`

Makes one.

\`function make<A>(a: A, options?: { readonly b?: number }): A[]\`

Throws ValetkeyError \`not-found\`.

\`\`\`ts
make(1);
\`\`\``);
});
