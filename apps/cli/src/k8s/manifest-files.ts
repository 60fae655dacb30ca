import { quote, ValetkeyError } from '@valetkey/core';
import { readText } from '@valetkey/core/s3';
import { gatherShares } from '@valetkey/share';
import type { Command } from 'commander';
import { parseAllDocuments, type Document } from 'yaml';
import type { Io } from '../io.ts';

/** Deeper than any list of lists that a tool writes. */
const maxListDepth = 8;

/** An object of a file, and where it begins. */
export interface FileObject {
  readonly object: unknown;
  /** `share.yaml:12` */
  readonly place: string;
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
  return found.map(({ object, place }) => {
    const invalid = findInvalid(object, nowMs);
    if (invalid === undefined) return object;
    throw invalid.withField(`${place} (${invalid.field ?? 'object'})`);
  });
}

/** What is wrong with an object, where something is. */
export function findInvalid(object: unknown, nowMs: number): ValetkeyError | undefined {
  try {
    gatherShares([object], nowMs);
    return undefined;
  } catch (error) {
    if (error instanceof ValetkeyError) return error;
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
  return parseAllDocuments(text).flatMap((document, index) => {
    const [problem] = document.errors;
    if (problem !== undefined) {
      throw new ValetkeyError('invalid-configuration', {
        field: `${file}:${problem.linePos?.[0].line ?? 1}`,
        expected: 'well-formed YAML',
        got: `${problem.code.toLowerCase().replaceAll('_', ' ')} in document ${index + 1}`,
      });
    }
    const start = document.contents?.range?.[0] ?? 0;
    const place = `${file}:${text.slice(0, start).split('\n').length}`;
    const object = toValue(document, place);
    return object === null ? [] : itemsOf(object, 0).map((item) => ({ object: item, place }));
  });
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

function itemsOf(object: unknown, depth: number): readonly unknown[] {
  const isList =
    typeof object === 'object' &&
    object !== null &&
    'kind' in object &&
    typeof object.kind === 'string' &&
    object.kind.endsWith('List');
  if (!isList || depth >= maxListDepth || !('items' in object) || !Array.isArray(object.items))
    return [object];
  return object.items.flatMap((item) => itemsOf(item, depth + 1));
}
