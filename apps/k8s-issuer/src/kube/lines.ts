import { KubeError } from './kube-error.ts';

/** No event comes near it: etcd takes objects of 1.5 MiB. */
const maxLineLength = 16 * 1024 * 1024;

/**
 * Splits a stream of UTF-8 into its lines. What stands after the last newline is a line too: half an event then
 * fails where it is read, instead of being lost.
 * @throws KubeError `MalformedAnswer` when a line does not end within 16 Mi characters
 * @internal
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) if (line !== '') yield line;
    if (rest.length > maxLineLength) {
      throw new KubeError({ status: 0, reason: 'MalformedAnswer', message: 'a line without end' });
    }
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
