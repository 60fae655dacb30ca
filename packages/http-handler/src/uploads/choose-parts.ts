/**
 * Which of the parts that a store lists make the file. One store lists a part that was sent again twice, in an order
 * that tells nothing, and with times in whole seconds.
 */
import { rangeOfPart, ValetkeyError, type MultipartPlan } from '@valetkey/core';
import type { CompleteRequest } from '@valetkey/protocol';

import type { ListedPart } from '../store/list-parts.ts';

type NamedPart = NonNullable<CompleteRequest['items'][number]['parts']>[number];

/** The newest of every number, in the order of numbers; a number of which two are equally new is left out. */
export function latestParts(listed: readonly ListedPart[]): readonly ListedPart[] {
  return [...groupByNumber(listed).values()]
    .map(newestOf)
    .filter((part) => part !== undefined)
    .sort((left, right) => left.partNumber - right.partNumber);
}

/**
 * One part for every number of the plan: the one whose ETag the client names, else the newest.
 * @throws ValetkeyError `size-mismatch` for a part that is missing or of another size, `checksum-mismatch` when
 * the part that the client names is not there, or it names none and two are equally new
 */
export function chooseParts(
  plan: MultipartPlan,
  listed: readonly ListedPart[],
  named: readonly NamedPart[] = [],
): readonly ListedPart[] {
  const groups = groupByNumber(listed);
  const tags = new Map(named.map(({ partNumber, etag }) => [partNumber, etag]));
  return Array.from({ length: plan.partCount }, (_, index) => {
    const { partNumber, bytes } = rangeOfPart(plan, index + 1);
    const part = chooseOne(partNumber, groups.get(partNumber) ?? [], tags.get(partNumber));
    if (part !== undefined && part.bytes === bytes) return part;
    throw new ValetkeyError('size-mismatch', {
      field: `part ${partNumber} of ${plan.partCount}`,
      expected: `${bytes} bytes`,
      got: part === undefined ? 'no such part in the store' : `${part.bytes} bytes`,
    });
  });
}

function chooseOne(
  partNumber: number,
  candidates: readonly ListedPart[],
  etag: string | undefined,
): ListedPart | undefined {
  if (candidates.length === 0 && etag === undefined) return undefined;
  const chosen =
    etag === undefined ? newestOf(candidates) : candidates.find((part) => isSameTag(part.etag, etag));
  if (chosen !== undefined) return chosen;
  throw new ValetkeyError('checksum-mismatch', {
    field: `part ${partNumber}`,
    expected:
      etag === undefined
        ? 'its ETag, since it was sent twice within a second'
        : 'the part whose ETag was named',
    got: etag === undefined ? 'none' : `${candidates.length} with another ETag`,
    hint: 'Send the part again.',
  });
}

function groupByNumber(listed: readonly ListedPart[]): ReadonlyMap<number, readonly ListedPart[]> {
  const groups = new Map<number, ListedPart[]>();
  for (const part of listed) {
    const group = groups.get(part.partNumber);
    if (group === undefined) groups.set(part.partNumber, [part]);
    else group.push(part);
  }
  return groups;
}

/** Undefined when parts of different content are equally new: none of them may be guessed. */
function newestOf(candidates: readonly ListedPart[]): ListedPart | undefined {
  const times = candidates.map(({ lastModified }) => lastModified).sort();
  const newest = candidates.filter(({ lastModified }) => lastModified === times.at(-1));
  return newest.every(({ etag }) => etag === newest[0]?.etag) ? newest[0] : undefined;
}

function isSameTag(left: string, right: string): boolean {
  return left.replaceAll('"', '') === right.replaceAll('"', '');
}
