import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type YAMLMap } from 'yaml';
import { ValetkeyError } from '../errors.ts';
import { quote } from '../grammar/quote.ts';
import { findShapeProblem } from './yaml-shape.ts';

const maxCharacters = 1024 * 1024;

/** A document, and on which line a place in its text is. */
export interface ParsedYaml {
  readonly document: Document;
  readonly lines: LineCounter;
}

/**
 * One YAML document of unique, plain keys, without anchors, of bounded depth and length.
 * @throws ValetkeyError `invalid-configuration`; the field is file and line
 */
export function parseYaml(text: string, file: string): ParsedYaml {
  if (text.length > maxCharacters) {
    throw new ValetkeyError('invalid-configuration', { field: file, expected: 'at most 1 MiB', got: 'more' });
  }
  const shape = findShapeProblem(text);
  if (shape !== undefined) {
    const { offset, expected, got } = shape;
    throw new ValetkeyError('invalid-configuration', {
      field: `${file}:${lineAt(text, offset)}`,
      expected,
      got,
    });
  }
  const lines = new LineCounter();
  // The parser's own search for equal keys compares each with all; `prettyErrors` describes every error there is.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    throw new ValetkeyError('invalid-configuration', {
      field: `${file}:${lines.linePos(problem.pos[0]).line}`,
      expected: 'well-formed YAML',
      got: problem.code.toLowerCase().replaceAll('_', ' '),
    });
  }
  checkKeys(document.contents, (offset) => `${file}:${lines.linePos(offset).line}`);
  return { document, lines };
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

type Where = (offset: number) => string;

function checkKeys(node: unknown, where: Where): void {
  if (isSeq(node)) for (const item of node.items) checkKeys(item, where);
  if (!isMap(node)) return;
  checkKeysOf(node, where);
  for (const { value } of node.items) checkKeys(value, where);
}

/** `__proto__` is no name for anything: what copies an object may drop it without a word. */
function checkKeysOf(map: YAMLMap, where: Where): void {
  const known = new Set<string>();
  for (const { key } of map.items) {
    const name = isScalar(key) ? String(key.value) : undefined;
    const refuse = (expected: string, got: string) =>
      new ValetkeyError('invalid-configuration', {
        field: where(isScalar(key) || isMap(key) || isSeq(key) ? (key.range?.[0] ?? 0) : 0),
        expected,
        got,
      });
    if (name === undefined) throw refuse('a key that is text', 'a list or a map');
    if (name === '__proto__') throw refuse('a name other than __proto__', quote(name));
    if (known.has(name)) throw refuse('each key once', `${quote(name)} twice`);
    known.add(name);
  }
}
