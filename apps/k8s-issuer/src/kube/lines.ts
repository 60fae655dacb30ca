import type { BodyReader } from './answer.ts';
import { KubeError } from './kube-error.ts';

/** No event comes near it: etcd takes objects of 1.5 MiB. */
const maxLineLength = 16 * 1024 * 1024;

/**
 * Splits a body of UTF-8 into its lines, until `onLine` says `stop`. What stands after the last newline is a line
 * too: half an event then fails where it is read, instead of being lost.
 * @throws (the reader) KubeError `MalformedAnswer` when a line does not end within 16 Mi characters
 * @internal
 */
export function createLineReader(onLine: (line: string) => 'stop' | void): BodyReader {
  const decoder = new TextDecoder();
  let rest = '';
  return {
    take(chunk) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) if (line !== '' && onLine(line) === 'stop') return 'stop';
      if (rest.length > maxLineLength) {
        throw new KubeError({ status: 0, reason: 'MalformedAnswer', message: 'a line without end' });
      }
      return undefined;
    },
    end() {
      rest += decoder.decode();
      if (rest !== '') onLine(rest);
    },
  };
}
