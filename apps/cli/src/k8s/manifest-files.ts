import { quote, ValetkeyError } from '@valetkey/core';
import { readText } from '@valetkey/core/s3';
import type { Command } from 'commander';
import { parseAllDocuments } from 'yaml';
import type { Io } from '../io.ts';

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
 * Every object of the files, those inside a `List` one by one.
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
    const object: unknown = document.toJS();
    return object === null ? [] : itemsOf(object).map((item) => ({ object: item, place }));
  });
}

function itemsOf(object: unknown): readonly unknown[] {
  const isList = typeof object === 'object' && object !== null && 'kind' in object && object.kind === 'List';
  return isList && 'items' in object && Array.isArray(object.items) ? object.items : [object];
}
