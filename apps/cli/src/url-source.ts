/**
 * A presigned URL is a secret, and a secret on a command line stands in the process list and in the shell's history:
 * commands that take one also read it from standard input or from a file.
 */
import { quote, ValetkeyError } from '@valetkey/core';
import { readText } from '@valetkey/core/s3';
import type { Command } from 'commander';
import type { Io } from './io.ts';

const maxCharacters = 64 * 1024;

/** Flags of {@link withUrlSource}. */
export interface UrlSourceFlags {
  readonly urlFile?: string;
}

/** A URL and what came with it. */
export interface GivenUrl {
  readonly url: string;
  /** What it is for, where it was printed with `--json`. */
  readonly method?: string | undefined;
  /** What must be sent with it, where it was printed with `--json`. Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Help that every command with a URL shows. */
export const urlSourceHelp = `
A URL is a secret. As an argument it stands in the process list and in the shell's history; left out or given as -
it is read from standard input, and with --url-file from a file. What presign --json prints is understood too.
`;

/** Adds the argument and the flag that say where the URL is. */
export function withUrlSource(command: Command): Command {
  return command
    .argument('[url]', "the URL; '-' or nothing: from standard input")
    .option('--url-file <file>', 'read the URL from this file, such as an entry of a mounted Secret');
}

/**
 * The URL that was given, as it stands; with its method and headers where it came as JSON.
 * @throws ValetkeyError `invalid-configuration`
 */
export async function readUrl(given: string | undefined, flags: UrlSourceFlags, io: Io): Promise<GivenUrl> {
  const text = await readUrlText(given, flags, io);
  if (text.trim() === '') throw invalid('a URL', 'nothing');
  return text.trimStart().startsWith('{') ? fromJson(text) : { url: text, headers: {} };
}

async function readUrlText(given: string | undefined, { urlFile }: UrlSourceFlags, io: Io): Promise<string> {
  if (urlFile !== undefined) {
    if (given !== undefined) throw invalid('the URL from one place', 'an argument and --url-file');
    return withoutLineEnd(await readText(urlFile, { code: 'file-unreadable' }));
  }
  if (given !== undefined && given !== '-') return bounded(given);
  if (io.streams.inputIsTerminal) io.stderr('valetkey: note: paste the URL, then press Ctrl-D\n');
  return withoutLineEnd(await io.stdin());
}

function fromJson(text: string): GivenUrl {
  const value = parseJson(text);
  const { url, method, headers = {} } = value;
  if (typeof url !== 'string' || (method !== undefined && typeof method !== 'string')) {
    throw invalid('what presign --json prints: an object with method, url and headers', 'another object');
  }
  if (!isTexts(headers)) throw invalid('headers of names and values', quote(headers));
  return {
    url,
    method,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, header]) => [name.toLowerCase(), header]),
    ),
  };
}

function parseJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch (error) {
    // The parser's own message quotes the text, which is a secret.
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalid('a URL, or the JSON that presign --json prints', 'JSON that cannot be read');
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}

/** Files and pipes end with a line break that is not the URL's. */
function withoutLineEnd(text: string): string {
  return bounded(text.replace(/\r?\n$/, ''));
}

function bounded(text: string): string {
  if (text.length <= maxCharacters) return text;
  throw invalid(`at most ${maxCharacters} characters`, `${text.length}`);
}

function invalid(expected: string, got: string): ValetkeyError {
  return new ValetkeyError('invalid-configuration', { field: 'url', expected, got });
}
