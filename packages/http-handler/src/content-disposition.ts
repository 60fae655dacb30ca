/**
 * A `Content-Disposition` value for a name of any characters: an ASCII fallback, and the name itself in UTF-8.
 * RFC 6266, section 4; RFC 8187, section 3.2.
 */
export function toContentDisposition(
  disposition: 'inline' | 'attachment',
  filename: string | undefined,
): string {
  if (filename === undefined) return disposition;
  const name = filename.toWellFormed().replaceAll(/[\p{Cc}/\\]/gu, '-');
  const fallback = name.replaceAll(/[^\x20-\x7e]|["%]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${disposition}; filename="${fallback}"; filename*=UTF-8''${encoded}`;
}
