import { quote, ValetkeyError } from '@valetkey/core';
import { readText } from '@valetkey/core/s3';
import { findProblems, gatherShares } from '@valetkey/share';
import type { Command } from 'commander';
import { isMap, isSeq, LineCounter, parseAllDocuments, type Document } from 'yaml';
import type { Io } from '../io.ts';
import { fieldOffset, startOf } from './field-offset.ts';

/** Deeper than any list of lists that a tool writes. */
const maxListDepth = 8;

/** An object of a file, and where it begins. */
export interface FileObject {
  readonly object: unknown;
  /** `share.yaml:12` */
  readonly place: string;
  /** The same of a field in it, such as `spec.objects[0].key`. */
  readonly placeOf: (field: string) => string;
  /** How many characters of the file stand before the field. */
  readonly offsetOf: (field: string) => number;
}

/** Adds `-f`. */
export function withFilenames(command: Command, required: boolean): Command {
  const flags = '-f, --filename <file>';
  const description = "a YAML file, or '-' for standard input; may be given again";
  return required
    ? command.requiredOption(flags, description, collect)
    : command.option(flags, description, collect);
}

/**
 * The objects, each checked by itself.
 * @throws ValetkeyError `unknown-field`, `invalid-configuration` naming the place of the one that is not valid
 */
export function toCheckedObjects(found: readonly FileObject[], nowMs: number): readonly unknown[] {
  return found.map(({ object, placeOf }) => {
    const [invalid] = findInvalid(object, nowMs);
    if (invalid === undefined) return object;
    const { field = 'object' } = invalid;
    throw invalid.withField(`${placeOf(field)} (${field})`);
  });
}

/** All that is wrong with an object. */
export function findInvalid(object: unknown, nowMs: number): readonly ValetkeyError[] {
  const problems = findProblems(object);
  if (problems.length > 0) return problems;
  try {
    gatherShares([object], nowMs);
    return [];
  } catch (error) {
    if (error instanceof ValetkeyError) return [error];
    throw error;
  }
}

/**
 * Every object of the files, those inside a `List`, a `ShareList` or another list one by one.
 * @throws ValetkeyError `invalid-configuration` naming file and line
 */
export async function readManifests(files: readonly string[], io: Io): Promise<readonly FileObject[]> {
  const objects: FileObject[] = [];
  for (const file of files) objects.push(...parseManifests(await read(file, io), file));
  return objects;
}

function collect(file: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, file];
}

function read(file: string, io: Io): Promise<string> {
  return file === '-' ? io.stdin() : readText(file, { code: 'invalid-configuration', field: quote(file) });
}

function parseManifests(text: string, file: string): readonly FileObject[] {
  const lineCounter = new LineCounter();
  return parseAllDocuments(text, { lineCounter }).flatMap((document, index) => {
    const [problem] = document.errors;
    if (problem !== undefined) {
      throw new ValetkeyError('invalid-configuration', {
        field: `${file}:${problem.linePos?.[0].line ?? 1}`,
        expected: 'well-formed YAML',
        got: `${problem.code.toLowerCase().replaceAll('_', ' ')} in document ${index + 1}`,
      });
    }
    const placeAt = (offset: number) => `${file}:${lineCounter.linePos(offset).line}`;
    const start = startOf(document.contents) ?? 0;
    const object = toValue(document, placeAt(start));
    if (object === null) return [];
    return itemsOf({ object, node: document.contents }, 0).map(({ object: item, node }) => {
      const begin = startOf(node) ?? start;
      const offsetOf = (field: string) => fieldOffset(node, field) ?? begin;
      return {
        object: item,
        place: placeAt(begin),
        placeOf: (field) => placeAt(offsetOf(field)),
        offsetOf,
      };
    });
  });
}

/** A value, and what it was read from. */
interface ReadValue {
  readonly object: unknown;
  readonly node: unknown;
}

/** Anchors may be used, as kubectl takes them; what they would blow up to is bounded by the library. */
function toValue(document: Document, place: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new ValetkeyError('invalid-configuration', {
      field: place,
      expected: 'aliases of anchors that stand before them, used a few times',
      got: 'others',
      cause: error,
    });
  }
}

function itemsOf({ object, node }: ReadValue, depth: number): readonly ReadValue[] {
  const isList =
    typeof object === 'object' &&
    object !== null &&
    'kind' in object &&
    typeof object.kind === 'string' &&
    object.kind.endsWith('List');
  if (!isList || depth >= maxListDepth || !('items' in object) || !Array.isArray(object.items))
    return [{ object, node }];
  const items = isMap(node) ? node.get('items', true) : undefined;
  return object.items.flatMap((item: unknown, index) =>
    itemsOf({ object: item, node: isSeq(items) ? items.items[index] : undefined }, depth + 1),
  );
}
