/**
 * What a YAML file may look like before anybody builds it: a reader's work has to be bounded by the file's length,
 * and what is read has to be what is written. Looks at tokens only and stops at the first that is too much.
 */
import { Lexer } from 'yaml';

const maxFlowDepth = 32;
/** A block is nested no deeper than its column. */
const maxColumn = 100;
/** No schema here has a map of nearly as many; names of stores and claims are the only ones that somebody chooses. */
const maxKeys = 1000;
/** The lexer looks for the end of the line again and again. */
const maxLineLength = 16_384;

// Signs of the lexer that stand for no text. https://eemeli.org/yaml/#lexer
const scalarFollows = '\u001F';
const withoutText = new Set(['\u0002', '\u0018', scalarFollows]);

// All that cannot be seen, or that shows text in another order than it is read; a first byte order mark may stay.
const unseen = /(?![\t\n\r])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffd]|(?<!^)\ufeff/u;

/** What is wrong with a text, and where. */
export interface ShapeProblem {
  /** In UTF-16 units from the start. */
  readonly offset: number;
  readonly expected: string;
  readonly got: string;
}

/** The first thing about a text that no configuration needs. */
export function findShapeProblem(text: string): ShapeProblem | undefined {
  const longLine = findLongLine(text);
  if (longLine !== undefined) {
    return {
      offset: longLine,
      expected: `lines of at most ${maxLineLength} characters`,
      got: 'a longer one',
    };
  }
  const hidden = unseen.exec(text.startsWith('\ufeff') ? text.slice(1) : text);
  if (hidden !== null) {
    const got = `U+${hidden[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
    const expected = 'UTF-8 text without control characters, text direction marks or inner byte order marks';
    return { offset: hidden.index, expected, got };
  }
  const place: Place = { offset: 0, lineStart: 0, isFirst: true, keyColumn: 0, blocks: [], brackets: [] };
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    if (withoutText.has(token)) {
      isScalar = token === scalarFollows;
      continue;
    }
    const problem = isScalar ? startProblem(place) : tokenProblem(token, place);
    if (problem !== undefined) return { offset: place.offset, ...problem };
    isScalar = false;
    move(place, token);
  }
  return undefined;
}

/** Jumps from the last line break within reach to the next. */
function findLongLine(text: string): number | undefined {
  let start = 0;
  while (text.length - start > maxLineLength) {
    const newline = text.lastIndexOf('\n', start + maxLineLength);
    if (newline < start) return start;
    start = newline + 1;
  }
  return undefined;
}

interface Place {
  offset: number;
  lineStart: number;
  /** Whether nothing but space and signs of lists stands before on the line. */
  isFirst: boolean;
  /** Where the line's key begins, or would. */
  keyColumn: number;
  /** The maps without brackets that are open, the innermost last. */
  readonly blocks: { readonly column: number; keys: number }[];
  /** The brackets that are open, the innermost last. */
  readonly brackets: { readonly isMap: boolean; keys: number }[];
}

type Problem = Omit<ShapeProblem, 'offset'>;

const tooDeep: Problem = {
  expected: `blocks within the first ${maxColumn} columns`,
  got: 'one that is nested deeper',
};

function tokenProblem(token: string, place: Place): Problem | undefined {
  const { brackets } = place;
  switch (token[0]) {
    case '*':
    case '&':
      return { expected: 'no anchors and aliases: what is read is what is written', got: 'one' };
    case '[':
    case '{':
      brackets.push({ isMap: token[0] === '{', keys: 0 });
      return brackets.length > maxFlowDepth
        ? { expected: `at most ${maxFlowDepth} brackets within each other`, got: 'more' }
        : undefined;
    case ']':
    case '}':
      return brackets.pop() === undefined
        ? { expected: 'a bracket that was opened', got: 'a closing one' }
        : undefined;
    case '-':
    case '?':
      return itemProblem(place);
    case ':':
    case ',':
      return keyProblem(token, place);
    case ' ':
    case '\t':
    case '#':
    case '\n':
    case '\r':
      return undefined;
    default:
      return startProblem(place);
  }
}

/** A new item of a list begins new maps. */
function itemProblem(place: Place): Problem | undefined {
  const column = place.offset - place.lineStart;
  if (place.brackets.length > 0) return undefined;
  if (column > maxColumn) return tooDeep;
  closeBlocks(place, column);
  return undefined;
}

function startProblem(place: Place): Problem | undefined {
  if (!place.isFirst || place.brackets.length > 0) return undefined;
  place.isFirst = false;
  place.keyColumn = place.offset - place.lineStart;
  return place.keyColumn > maxColumn ? tooDeep : undefined;
}

function keyProblem(token: string, place: Place): Problem | undefined {
  const bracket = place.brackets.at(-1);
  const counted = bracket ?? blockAt(place);
  if (bracket !== undefined && (token === ':' || !bracket.isMap)) return undefined;
  counted.keys += 1;
  return counted.keys > maxKeys ? { expected: `at most ${maxKeys} keys in a map`, got: 'more' } : undefined;
}

function blockAt(place: Place) {
  const { blocks, keyColumn } = place;
  closeBlocks(place, keyColumn);
  const known = blocks.at(-1);
  if (known?.column === keyColumn) return known;
  const block = { column: keyColumn, keys: 0 };
  blocks.push(block);
  return block;
}

function closeBlocks({ blocks }: Place, column: number): void {
  while ((blocks.at(-1)?.column ?? -1) > column) blocks.pop();
}

function move(place: Place, token: string): void {
  const newline = token.lastIndexOf('\n');
  place.offset += token.length;
  if (newline === -1) return;
  place.lineStart = place.offset - (token.length - newline - 1);
  place.isFirst = true;
}
