/**
 * Whose names are whose. Each issuer and each cluster hands out names of its own, and `ann` of one is not `ann` of
 * another: where there are several, all but one put a prefix in front of theirs.
 */
import { quote, ValetkeyError, type Subject } from '@valetkey/core';

import type { AuthSettings } from '../auth-schema.ts';

/** A way to know who asks that gives names out. */
export type NamingSettings = Exclude<AuthSettings, { kind: 'anonymous' }>;

/**
 * Refuses ways to know who asks of which two could make one subject.
 * @throws ValetkeyError `invalid-configuration`
 */
export function checkSubjectSpaces(auth: readonly AuthSettings[], where: string): void {
  const naming = auth.filter((entry) => entry.kind !== 'anonymous');
  for (const [index, entry] of naming.entries()) {
    const at = `${where}[${auth.indexOf(entry)}].subjectPrefix`;
    for (const earlier of naming.slice(0, index)) {
      const problem = clashOf(earlier, entry);
      if (problem !== undefined) throw new ValetkeyError('invalid-configuration', { field: at, ...problem });
    }
    const taken =
      entry.kind === 'static' ? reservedBy(entry, auth).find((prefix) => owns(prefix, entry.id)) : undefined;
    if (taken === undefined) continue;
    throw new ValetkeyError('invalid-configuration', {
      field: `${where}[${auth.indexOf(entry)}].id`,
      expected: `no id that begins with ${quote(taken)}, which is another's subjectPrefix`,
      got: 'one that does',
    });
  }
}

/**
 * The subject under the name it has here; undefined for one whose own name looks like one of another's.
 */
export function toOwnSpace(
  subject: Subject | undefined,
  entry: NamingSettings,
  auth: readonly AuthSettings[],
): Subject | undefined {
  if (subject === undefined) return undefined;
  const { subjectPrefix } = entry;
  if (subjectPrefix === undefined) {
    return reservedBy(entry, auth).some((prefix) => owns(prefix, subject.id)) ? undefined : subject;
  }
  const id = `${subjectPrefix}${subject.id}`;
  if (subject.kind !== 'serviceAccount') return { ...subject, id };
  const namespace = `${subjectPrefix}${subject.namespace}`;
  return { ...subject, id, namespace, claims: { ...subject.claims, namespace } };
}

interface Clash {
  readonly expected: string;
  readonly got: string;
  readonly hint: string;
}

function clashOf(one: NamingSettings, other: NamingSettings): Clash | undefined {
  if (kindOf(one) !== kindOf(other)) return undefined;
  const [left, right] = [one.subjectPrefix, other.subjectPrefix];
  if (sourceOf(one) === sourceOf(other)) {
    if (left === right) return undefined;
    return {
      expected: `${shown(left)} for all of ${sourceOf(one)}`,
      got: shown(right),
      hint: 'One who is known in two ways is one subject.',
    };
  }
  const isApart =
    left === undefined || right === undefined
      ? left !== right
      : !left.startsWith(right) && !right.startsWith(left);
  if (isApart) return undefined;
  return {
    expected: `a prefix that tells ${sourceOf(other)} from ${sourceOf(one)}`,
    got: left === right ? shown(right) : `${shown(right)}, where the other has ${shown(left)}`,
    hint: 'Without one, whoever has the same name there would be the same subject here: all but one need a subjectPrefix.',
  };
}

function reservedBy(entry: NamingSettings, auth: readonly AuthSettings[]): readonly string[] {
  if (entry.subjectPrefix !== undefined) return [];
  return auth.flatMap((other) =>
    other.kind === 'anonymous' || kindOf(other) !== kindOf(entry) ? [] : (other.subjectPrefix ?? []),
  );
}

function owns(prefix: string, id: string): boolean {
  return id.startsWith(prefix);
}

function kindOf({ kind }: NamingSettings): Subject['kind'] {
  return kind === 'kubernetes' ? 'serviceAccount' : 'user';
}

/** Who gives the names out. */
function sourceOf(entry: NamingSettings): string {
  switch (entry.kind) {
    case 'jwt':
      return `the issuer ${quote(entry.issuer)}`;
    case 'kubernetes':
      return `the cluster ${quote(entry.server)}`;
    case 'static':
      return 'static tokens';
  }
}

function shown(prefix: string | undefined): string {
  return prefix === undefined ? 'none' : quote(prefix);
}
