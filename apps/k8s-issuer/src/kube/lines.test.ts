import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createLineReader } from './lines.ts';

function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array, void> {
  let from = 0;
  for (const size of sizes) {
    yield bytes.subarray(from, from + size);
    from += size;
  }
  yield bytes.subarray(from);
}

function collect(chunks: Iterable<Uint8Array>): string[] {
  const lines: string[] = [];
  const reader = createLineReader((line) => void lines.push(line));
  for (const chunk of chunks) reader.take(chunk);
  reader.end();
  return lines;
}

test('lines are the same wherever the network cuts the stream, inside a character too', () => {
  const line = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.includes('\n'));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(9)), fc.boolean(), (lines, sizes, ends) => {
      const text = lines.join('\n') + (ends ? '\n' : '');
      const bytes = new TextEncoder().encode(text);
      expect(collect(cut(bytes, sizes))).toEqual(
        // A TextDecoder drops one byte order mark at the start.
        text
          .replace(/^\u{FEFF}/u, '')
          .split('\n')
          .filter((it) => it !== ''),
      );
    }),
  );
});

test('a line without end is refused before it fills the memory', () => {
  function* endless(): Generator<Uint8Array, void> {
    for (;;) yield new Uint8Array(1024 * 1024).fill(0x61);
  }
  expect(() => collect(endless())).toThrow(expect.objectContaining({ reason: 'MalformedAnswer' }));
});

test('nothing is read after the line at which the reader has stopped', () => {
  const lines: string[] = [];
  const reader = createLineReader((line) => {
    lines.push(line);
    return line === 'b' ? 'stop' : undefined;
  });
  expect(reader.take(new TextEncoder().encode('a\nb\nc\n'))).toBe('stop');
  expect(lines).toEqual(['a', 'b']);
});
