/** What the API server takes, in bytes of UTF-8. */
const longestNoteBytes = 1_024;

/**
 * A note that fits an event: at most 1,024 bytes, ending in `…` where something is left out.
 * @internal
 */
export function toEventNote(text: string): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= longestNoteBytes) return text;
  // As one piece of a stream, so that a character cut in half is left out.
  const start = new TextDecoder().decode(bytes.subarray(0, longestNoteBytes - 3), { stream: true });
  return `${start}…`;
}
