import { isMap, isScalar, isSeq } from 'yaml';

/**
 * Where in its text a field such as `spec.objects[0].key` begins; where it is missing, what is around it. Nothing when
 * not even its first step is there.
 */
export function fieldOffset(node: unknown, field: string): number | undefined {
  if (isSeq(node)) {
    const [, index = '', rest = ''] = /^\[(\d+)\]\.?(.*)$/s.exec(field) ?? [];
    const item = node.items[Number(index || Number.NaN)];
    return fieldOffset(item, rest) ?? startOf(item);
  }
  if (!isMap(node)) return undefined;
  const [step] = node.items
    .flatMap(({ key, value }) => (isScalar(key) && typeof key.value === 'string' ? [{ key, value }] : []))
    .map(({ key, value }) => ({ key, value, rest: restAfter(field, String(key.value)) }))
    .filter(({ rest }) => rest !== undefined)
    // A label's name may hold dots.
    .toSorted((a, b) => String(b.key.value).length - String(a.key.value).length);
  return step && (fieldOffset(step.value, step.rest ?? '') ?? startOf(step.key));
}

/** The start of what was read from a text. */
export function startOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined;
}

function restAfter(field: string, name: string): string | undefined {
  if (name === '' || !field.startsWith(name)) return undefined;
  const rest = field.slice(name.length);
  if (rest === '' || rest.startsWith('[')) return rest;
  return rest.startsWith('.') ? rest.slice(1) : undefined;
}
