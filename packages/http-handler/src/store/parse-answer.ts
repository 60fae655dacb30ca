import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';

import { unavailable, type StoreAnswer } from './store-call.ts';
import { toRefusal } from './store-refusal.ts';

/** Elements that may come more than once. */
const lists = new Set(['Contents', 'CommonPrefixes', 'Part', 'Upload']);

const parser = new XMLParser({
  parseTagValue: false,
  trimValues: false,
  // Also the numeric entities that some stores write around an ETag.
  htmlEntities: true,
  isArray: (name) => lists.has(name),
});

const errorSchema = z.object({ Error: z.object({ Code: z.string() }) });

/**
 * A store's XML answer in the form that is expected.
 * @throws ValetkeyError `store-unavailable`, `store-refused`, `credentials-expired` for anything else
 */
export function parseAnswer<Schema extends z.ZodType>(
  answer: StoreAnswer,
  schema: Schema,
  { endpoint, what }: { readonly endpoint: string; readonly what: string },
): z.output<Schema> {
  const { status } = answer;
  if (status !== 200) throw toRefusal(endpoint, { status, code: errorCodeOf(answer), what });
  const parsed = schema.safeParse(toTree(answer.text));
  if (parsed.success) return parsed.data;
  throw unavailable(endpoint, `another answer to ${what}`, parsed.error);
}

/** The `Code` of an error's body, whatever the status it came with; undefined when it is no error. */
export function errorCodeOf({ text }: StoreAnswer): string | undefined {
  return errorSchema.safeParse(toTree(text)).data?.Error.Code;
}

/** Listings are form-encoded: a space comes as a plus sign, a plus sign as `%2B`. */
export function decodeListed(text: string, encoding: string | undefined): string {
  return encoding === 'url' ? decodeURIComponent(text.replaceAll('+', '%20')) : text;
}

/** What is no XML has no tree; the schema then says so. */
function toTree(text: string): unknown {
  try {
    return parser.parse(text);
  } catch (error) {
    return { unreadable: error };
  }
}
