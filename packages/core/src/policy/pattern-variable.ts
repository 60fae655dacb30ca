import { sha256Hex } from '#hash';
import { utf8Length } from '../grammar/utf8.ts';
import type { Subject } from './subject.ts';

const boundValue = /^[A-Za-z0-9._@|:=+-]{1,128}$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const date = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const fileName = /^(?!\.{1,2}$)[\p{L}\p{M}\p{N}._-]+$/u;
/** Bytes of UTF-8 in a value of `{name}`. */
export const maxNameBytes = 100;
const extension = /^(?:\.[a-z0-9]{1,10})?$/;

/** Variables whose text the caller chooses, within bounds. */
export type FreeVariable = 'uuid' | 'date' | 'any' | 'name' | 'ext' | 'rest';

/** Variables that equal what is known of the subject. */
export type BoundVariable = 'sub' | 'subHash' | 'namespace' | 'share' | `claims.${string}`;

const fixedLengths: Readonly<Partial<Record<FreeVariable, number>>> = { uuid: 36, date: 10 };

/** Characters a free variable always takes, or undefined when that varies. */
export function fixedLengthOf(variable: FreeVariable): number | undefined {
  return fixedLengths[variable];
}

export function isFreeVariable(name: string): name is FreeVariable {
  return ['uuid', 'date', 'any', 'name', 'ext', 'rest'].includes(name);
}

export function isBoundVariable(name: string): name is BoundVariable {
  return (
    ['sub', 'subHash', 'namespace', 'share'].includes(name) || /^claims\.[A-Za-z0-9_-]{1,64}$/.test(name)
  );
}

/** Whether text may stand where a free variable of one segment stands. */
export function isValueOf(variable: Exclude<FreeVariable, 'rest'>, text: string): boolean {
  switch (variable) {
    case 'uuid':
      return uuid.test(text);
    case 'date':
      return date.test(text);
    case 'name':
      return utf8Length(text) <= maxNameBytes && fileName.test(text);
    case 'ext':
      return extension.test(text);
    case 'any':
      return text !== '' && text !== '.' && text !== '..';
  }
}

/** The subject's value, or undefined when it has none that may stand in a key: then the policy denies. */
export function boundValueOf(variable: BoundVariable, subject: Subject): string | undefined {
  const text = rawTextOf(variable, subject);
  return text !== undefined && isBoundValue(text) ? text : undefined;
}

/** Whether a subject's text may stand in a key. */
export function isBoundValue(text: string): boolean {
  if (text === lastBound) return true;
  if (!boundValue.test(text) || text === '.' || text === '..') return false;
  lastBound = text;
  return true;
}

/** The subject's text before anybody asked whether it may stand in a key. */
export function rawTextOf(variable: BoundVariable, subject: Subject): string | undefined {
  switch (variable) {
    case 'sub':
      return subject.id;
    case 'subHash':
      return hashOf(subject.id);
    case 'namespace':
      return subject.kind === 'serviceAccount' ? subject.namespace : undefined;
    case 'share':
      return subject.kind === 'serviceAccount' ? subject.share : undefined;
    default: {
      const name = variable.slice('claims.'.length);
      const claim = Object.hasOwn(subject.claims, name) ? subject.claims[name] : undefined;
      return typeof claim === 'string' ? claim : undefined;
    }
  }
}

/** One request asks for the same value and hash under many policies. */
let lastBound = 'a';
let lastHashed = { id: '', hash: '' };

function hashOf(id: string): string {
  if (lastHashed.hash === '' || lastHashed.id !== id) lastHashed = { id, hash: sha256Hex(id).slice(0, 32) };
  return lastHashed.hash;
}
