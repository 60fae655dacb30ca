/** A request's body: of one type, of bounded size and depth, of the described form and nothing more. */
import { quote, toExpectation, ValetkeyError } from '@valetkey/core';
import type { z } from 'zod';

import type { Asked } from './exchange.ts';
import { createWaitingRoom, type WaitingRoom } from './waiting-room.ts';

const usualMaxBytes = 1024 * 1024;
const maxDepth = 32;
const maxBodies = 512;
const deadlineMs = 5000;

/** Bodies that are on their way to one handler. */
export function createBodyRoom(): WaitingRoom {
  return createWaitingRoom({
    max: maxBodies,
    deadlineMs,
    late: () => tooSlow(`all of it within ${deadlineMs / 1000} seconds`, 'a part of it'),
    crowded: () => tooSlow('room for it', 'too many other bodies under way'),
  });
}

/**
 * Reads and checks a JSON body.
 * @throws ValetkeyError `unsupported-media-type`, `body-too-large`, `body-too-slow`, `invalid-body`,
 * `unknown-field`
 */
export async function readBody<Schema extends z.ZodType>(
  asked: Asked,
  schema: Schema,
  { room, maxBytes = usualMaxBytes }: { readonly room: WaitingRoom; readonly maxBytes: number | undefined },
): Promise<z.output<Schema>> {
  checkMediaType(asked.header('content-type'));
  checkCoding(asked.header('content-encoding'));
  const { text: result, cutOff: giveUp } = asked.readText(maxBytes);
  const text = await room.take({ result, giveUp });
  checkDepth(text);
  return parseWith(schema, parseJson(text), 'body');
}

/**
 * Checks a value against a schema and names the first thing that is wrong.
 * @throws ValetkeyError `invalid-body`, `unknown-field`
 */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  where: string,
): z.output<Schema> {
  const result = schema.safeParse(input, { error: toExpectation });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path ?? [];
  if (issue?.code === 'unrecognized_keys') {
    throw new ValetkeyError('unknown-field', { field: quote([...path, issue.keys[0] ?? ''].join('.')) });
  }
  throw new ValetkeyError('invalid-body', {
    field: path.length === 0 ? where : path.map(String).join('.'),
    expected: issue?.message ?? 'the described form',
  });
}

function checkMediaType(header: string | null): void {
  const [type = '', ...parameters] = (header ?? '').toLowerCase().split(';');
  const isUtf8 = parameters.every((parameter) => /^\s*charset="?utf-8"?\s*$/.test(parameter));
  if (type.trim() === 'application/json' && isUtf8) return;
  throw new ValetkeyError('unsupported-media-type', {
    field: 'content-type',
    expected: 'application/json',
    got: header === null ? 'none' : quote(header),
  });
}

/** What is read here and what somebody in between took it for must be the same. RFC 9110, section 15.5.16. */
function checkCoding(header: string | null): void {
  if (header === null || header.toLowerCase() === 'identity') return;
  throw new ValetkeyError('unsupported-media-type', {
    field: 'content-encoding',
    expected: 'none',
    got: quote(header),
  });
}

/** Before it is parsed, so that no parser is asked to go deeper. */
function checkDepth(text: string): void {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (isInString) {
      if (character === '\\') index += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > maxDepth) {
        throw new ValetkeyError('invalid-body', {
          field: 'body',
          expected: `at most ${maxDepth} levels`,
          got: 'more',
        });
      }
    } else if (character === '}' || character === ']') depth -= 1;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ValetkeyError('invalid-body', { field: 'body', expected: 'JSON', cause: error });
  }
}

function tooSlow(expected: string, got: string): ValetkeyError {
  return new ValetkeyError('body-too-slow', { field: 'body', expected, got });
}
