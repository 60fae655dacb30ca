import fc from 'fast-check';
import { expect, test } from 'vitest';

import { readLines } from './lines.ts';

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array, void> {
  let from = 0;
  for (const size of sizes) {
    yield bytes.subarray(from, from + size);
    from += size;
  }
  yield bytes.subarray(from);
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(chunks)) lines.push(line);
  return lines;
}

test('lines are the same wherever the network cuts the stream, inside a character too', async () => {
  const line = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.includes('\n'));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(9)), fc.boolean(), async (lines, sizes, ends) => {
      const text = lines.join('\n') + (ends ? '\n' : '');
      const bytes = new TextEncoder().encode(text);
      expect(await collect(cut(bytes, sizes))).toEqual(
        // A TextDecoder drops one byte order mark at the start.
        text
          .replace(/^\u{FEFF}/u, '')
          .split('\n')
          .filter((it) => it !== ''),
      );
    }),
  );
});

test('a line without end is refused before it fills the memory', async () => {
  async function* endless(): AsyncGenerator<Uint8Array, void> {
    for (;;) yield new Uint8Array(1024 * 1024).fill(0x61);
  }
  await expect(collect(endless())).rejects.toMatchObject({ reason: 'MalformedAnswer' });
});
