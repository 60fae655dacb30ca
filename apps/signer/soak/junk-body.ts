/// <reference types="node" />
import { createHash } from 'node:crypto';

/** A body that no route describes. */
export interface JunkBody {
  readonly kind: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

const minBytes = 1024;
const maxBytes = 1024 * 1024;
const json = 'application/json';

type Make = (random: Random, bytes: number) => { readonly text: string | Uint8Array; readonly type?: string };

const kinds: Readonly<Record<string, Make>> = {
  'random bytes': (random, bytes) => ({ text: random.bytes(bytes) }),
  'text that is no JSON': (random, bytes) => ({ text: random.text(bytes) }),
  'JSON cut off': (_random, bytes) => ({
    text: `{"policy":"files","items":[${'{"key":"a"},'.repeat(bytes / 12)}`,
  }),
  'a very deep list': (_random, bytes) => ({ text: '['.repeat(bytes / 2) + ']'.repeat(bytes / 2) }),
  'a very deep object': (_random, bytes) => ({
    text: '{"a":'.repeat(bytes / 6) + '1' + '}'.repeat(bytes / 6),
  }),
  'a long list of the wrong things': (_random, bytes) => ({
    text: JSON.stringify({ policy: 'files', items: Array.from({ length: bytes / 4 }, () => 1) }),
  }),
  'too many items': (_random, bytes) => ({
    text: JSON.stringify({ policy: 'files', items: Array.from({ length: bytes / 8 + 1001 }, () => ({})) }),
  }),
  'an unknown field': (random, bytes) => ({
    text: JSON.stringify({ policy: 'files', items: [{ key: 'a' }], [random.text(8)]: random.text(bytes) }),
  }),
  'a field of the prototype': (random, bytes) => ({
    text: `{"policy":"files","items":[{"key":"a"}],"__proto__":{"a":${JSON.stringify(random.text(bytes))}}}`,
  }),
  'a name of half a megabyte': (random, bytes) => ({
    text: JSON.stringify({ policy: random.text(bytes), items: [{ key: 'a' }] }),
  }),
  'many names': (random, bytes) => ({
    text: JSON.stringify(
      Object.fromEntries(Array.from({ length: bytes / 20 }, (_, n) => [`${random.text(6)}${n}`, n])),
    ),
  }),
  'a number without end': (_random, bytes) => ({ text: `{"policy":${'9'.repeat(bytes)}}` }),
  'nothing but spaces': (_random, bytes) => ({ text: ' '.repeat(bytes) }),
  'another media type': (random, bytes) => ({
    text: JSON.stringify({ policy: 'files', items: [{ key: random.text(bytes) }] }),
    type: random.pick([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/json',
    ]),
  }),
  'another charset': (random, bytes) => ({
    text: JSON.stringify({ policy: random.text(bytes) }),
    type: 'application/json; charset=utf-16',
  }),
  'bytes that are no UTF-8': (random, bytes) => ({
    text: Buffer.concat([
      Buffer.from('{"policy":"'),
      random.bytes(bytes),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]),
  }),
};
const names = Object.keys(kinds);

/** The same body for the same number. Small ones are as frequent as large ones, by their number of digits. */
export function junkBody(index: number): JunkBody {
  const random = new Random(index);
  const kind = names[index % names.length] ?? '';
  const bytes = Math.floor(minBytes * (maxBytes / minBytes) ** random.fraction());
  const made = kinds[kind]?.(random, bytes) ?? { text: '' };
  const body = Uint8Array.from(typeof made.text === 'string' ? Buffer.from(made.text) : made.text);
  return {
    kind,
    body: body.subarray(0, Math.max(minBytes, body.byteLength)),
    contentType: made.type ?? json,
  };
}

/** Seeded, so that a body can be made again from its number. */
class Random {
  readonly #seed: number;
  #count = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  bytes(length: number): Uint8Array {
    const block = createHash('shake256', { outputLength: Math.max(1, Math.floor(length)) });
    this.#count += 1;
    return block.update(`${this.#seed} ${this.#count}`).digest();
  }

  fraction(): number {
    return Buffer.from(this.bytes(4)).readUInt32LE() / 2 ** 32;
  }

  /** Printable, without quotes of JSON. */
  text(length: number): string {
    return Buffer.from(this.bytes((length * 3) / 4)).toString('base64url');
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[Math.floor(this.fraction() * items.length)] ?? items[0];
  }
}
