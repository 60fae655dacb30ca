/** What shows that bytes are the same. Where it cannot be loaded nothing is shown, and all is sent again. */
export async function loadSameBytes() {
  return import('./same-bytes.ts').catch(() => undefined);
}
