/** The body of a store's error: `<Error><Code>…</Code>…</Error>`. Source: Amazon S3 API, "REST Error Responses". */

/** Longer answers are a proxy's page, not a store's error. */
const maxCharacters = 262_144;

/** What a store says of its error; every text may be empty. */
export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  /** Text of an element that only some errors have, such as `Region`; empty when there is none. */
  readonly element: (name: string) => string;
}

/** Reads an answer; whatever is not there is empty. */
export function readErrorDocument(body: string): ErrorDocument {
  const text = body.slice(0, maxCharacters);
  const element = (name: string): string => {
    const opening = `<${name}>`;
    const start = text.indexOf(opening);
    const end = text.indexOf(`</${name}>`, start);
    return start < 0 || end < 0 ? '' : unescape(text.slice(start + opening.length, end));
  };
  return { code: element('Code'), message: element('Message'), element };
}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function unescape(text: string): string {
  return text.replaceAll(
    /&(?:(lt|gt|quot|apos|amp)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));/g,
    (whole, name: string | undefined, decimal: string | undefined, hexadecimal: string | undefined) => {
      if (name !== undefined) return named[name] ?? whole;
      const point = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
      return point > 0x10ffff ? whole : String.fromCodePoint(point);
    },
  );
}
