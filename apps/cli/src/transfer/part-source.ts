/** What is sent in parts: a file whose parts can be read again, or a stream whose parts are kept until they are there. */
import type { Readable } from 'node:stream';
import { planMultipart, rangeOfPart, ValetkeyError } from '@valetkey/core';
import type { FileSource } from './file-source.ts';

const maxParts = 10_000;

/** One part, which can be sent any number of times. */
export interface Part {
  readonly partNumber: number;
  readonly bytes: number;
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** The parts of a file, as core cuts it. */
export async function* partsOfFile(source: FileSource): AsyncGenerator<Part, void, undefined> {
  const plan = planMultipart(source.bytes, 'auto');
  for (let partNumber = 1; partNumber <= plan.partCount; partNumber += 1) {
    const { offset, bytes } = rangeOfPart(plan, partNumber);
    yield { partNumber, bytes, open: () => source.read(offset, bytes) };
  }
}

/**
 * The parts of a stream of unknown length, each kept in memory; one part, maybe an empty one, if it is short.
 * @throws ValetkeyError `file-too-large` after 10,000 parts
 */
export async function* partsOfStream(
  stream: Readable,
  partBytes: number,
): AsyncGenerator<Part, void, undefined> {
  let partNumber = 1;
  let pieces: Uint8Array[] = [];
  let collected = 0;
  for await (const piece of stream) {
    let rest: Uint8Array = toBytes(piece);
    while (collected + rest.byteLength > partBytes) {
      const fitting = rest.subarray(0, partBytes - collected);
      yield toPart(partNumber, [...pieces, fitting]);
      rest = rest.subarray(fitting.byteLength);
      [partNumber, pieces, collected] = [partNumber + 1, [], 0];
      if (partNumber > maxParts) throw tooLarge(partBytes);
    }
    pieces.push(rest);
    collected += rest.byteLength;
  }
  yield toPart(partNumber, pieces);
}

function toPart(partNumber: number, pieces: readonly Uint8Array[]): Part {
  const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  return {
    partNumber,
    bytes,
    open: async function* open() {
      yield* pieces;
    },
  };
}

function toBytes(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  return new TextEncoder().encode(String(piece));
}

function tooLarge(partBytes: number): ValetkeyError {
  return new ValetkeyError('file-too-large', {
    field: 'standard input',
    expected: `at most ${maxParts} parts of ${partBytes} bytes`,
    got: 'more',
    hint: 'Write it to a file, whose parts can be larger.',
  });
}
