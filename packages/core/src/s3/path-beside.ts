import path from 'node:path';

/**
 * A path that stands in a file, for whoever is in another folder: a relative one leads from the folder of the file, as
 * it was named, so that a file and what it names can be moved together. Symbolic links are not followed.
 * @example
 * ```ts
 * pathBeside('/etc/valetkey/valetkey.yaml', 'keys.json'); // '/etc/valetkey/keys.json'
 * ```
 * @public
 */
export function pathBeside(file: string, named: string): string {
  return path.isAbsolute(named) ? named : path.join(path.dirname(file), named);
}
