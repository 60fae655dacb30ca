/**
 * What a YAML file may look like before anybody builds it: a reader's work has to be bounded by the file's length,
 * and what is read has to be what is written. Looks at tokens only and stops at the first that is too much.
 */
import { Lexer } from 'yaml';

const maxFlowDepth = 32;
/** A block is nested no deeper than its column. */
const maxColumn = 100;
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
  const place = { offset: 0, lineStart: 0, flowDepth: 0, isFirst: true };
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    if (withoutText.has(token)) {
      isScalar = token === scalarFollows;
      continue;
    }
    const problem = isScalar ? columnProblem(place) : tokenProblem(token, place);
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
  flowDepth: number;
  /** Whether nothing but space stands before on the line. */
  isFirst: boolean;
}

type Problem = Omit<ShapeProblem, 'offset'>;

function tokenProblem(token: string, place: Place): Problem | undefined {
  switch (token[0]) {
    case '*':
    case '&':
      return { expected: 'no anchors and aliases: what is read is what is written', got: 'one' };
    case '[':
    case '{':
      place.flowDepth += 1;
      return place.flowDepth > maxFlowDepth
        ? { expected: `at most ${maxFlowDepth} brackets within each other`, got: 'more' }
        : undefined;
    case ']':
    case '}':
      place.flowDepth -= 1;
      return place.flowDepth < 0
        ? { expected: 'a bracket that was opened', got: 'a closing one' }
        : undefined;
    case '-':
    case '?':
      return columnProblem({ ...place, isFirst: true });
    case ' ':
    case '\t':
    case '#':
    case '\n':
    case '\r':
      return undefined;
    default:
      return columnProblem(place);
  }
}

function columnProblem({ offset, lineStart, flowDepth, isFirst }: Place): Problem | undefined {
  if (!isFirst || flowDepth > 0 || offset - lineStart <= maxColumn) return undefined;
  return { expected: `blocks within the first ${maxColumn} columns`, got: 'one that is nested deeper' };
}

function move(place: Place, token: string): void {
  const newline = token.lastIndexOf('\n');
  place.offset += token.length;
  if (newline !== -1) {
    place.lineStart = place.offset - (token.length - newline - 1);
    place.isFirst = true;
    return;
  }
  place.isFirst &&= token.trim() === '';
}
