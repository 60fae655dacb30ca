/** A comment of TSDoc in its parts. */
export interface Tsdoc {
  readonly text: string;
  readonly defaultValue?: string;
  readonly throws: readonly string[];
  readonly examples: readonly string[];
  readonly isInternal: boolean;
}

/** Reads what stands between the slash and star that begin a comment and those that end it. */
export function parseTsdoc(comment: string): Tsdoc {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*+ ?/, '').trimEnd());
  const [text = '', ...blocks] = `\n${lines.join('\n')}`.split(
    /(?<=\s)(?=@(?:default|throws|example|public|internal)\b)/,
  );
  const of = (tag: string) =>
    blocks
      .filter((block) => block.startsWith(`@${tag}`))
      .map((block) => block.slice(tag.length + 1).trim())
      .map(withoutLinks);
  const [defaultValue] = of('default').map(toLine);
  return {
    text: toLine(withoutLinks(text)),
    ...(defaultValue === undefined ? {} : { defaultValue }),
    throws: of('throws').map(toLine),
    examples: of('example'),
    isInternal: of('internal').length > 0,
  };
}

function withoutLinks(text: string): string {
  return text.replaceAll(/\{@link (\w+)\}/g, '`$1`');
}

function toLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
