import { isDeepStrictEqual } from 'node:util';

/**
 * A merge patch of the top fields that differ: what is gone is null, what is equal is left out (RFC 7386).
 * @internal
 */
export function toMergePatch(before: object, after: object): Readonly<Record<string, unknown>> {
  const earlier = new Map<string, unknown>(Object.entries(before));
  const later = new Map<string, unknown>(Object.entries(after));
  const patch: Record<string, unknown> = {};
  for (const name of new Set([...earlier.keys(), ...later.keys()])) {
    const value = later.get(name);
    if (!isDeepStrictEqual(toJson(earlier.get(name)), toJson(value))) patch[name] = value ?? null;
  }
  return patch;
}

/** As it would be sent: without fields that are undefined. The order of fields says nothing, the server has its own. */
function toJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
