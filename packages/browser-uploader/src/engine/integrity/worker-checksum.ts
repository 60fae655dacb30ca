import type { Checksum } from './checksum.ts';
import { combineCrcs } from './combine-crcs.ts';
import { crc32c, crc64Nvme, type CrcTerms } from './crc-terms.ts';
import type { WorkerAlgorithm, WorkerAnswer, WorkerRequest } from './worker-messages.ts';
import { toWorkerUrl } from './worker-url.ts';

/**
 * Where the Worker comes from.
 * @public
 */
export interface ChecksumOptions {
  /** Address of `checksum-worker.js`, when the bundler moves it. @default beside this module */
  readonly workerUrl?: URL | undefined;
}

const crcs: Readonly<Record<WorkerAlgorithm, CrcTerms | undefined>> = {
  CRC64NVME: crc64Nvme,
  CRC32C: crc32c,
  SHA256: undefined,
};

/**
 * Checksums of files, summed in a module Worker that is loaded at the first one. Needs `worker-src 'self'` in the
 * page's policy, and `trusted-types valetkey` where Trusted Types are required.
 * @public
 */
export function createChecksum(algorithm: WorkerAlgorithm, options: ChecksumOptions = {}): Checksum {
  const { workerUrl = new URL('./checksum-worker.js', import.meta.url) } = options;
  const waiting = new Map<number, Waiting>();
  const terms = crcs[algorithm];
  let worker: Worker | undefined;
  let count = 0;
  const start = () => {
    const started = new Worker(toWorkerUrl(workerUrl), { type: 'module', name: 'valetkey-checksum' });
    started.addEventListener('message', ({ data }: MessageEvent<WorkerAnswer>) => {
      settle(waiting.get(data.id), data);
      waiting.delete(data.id);
    });
    started.addEventListener('error', () => {
      worker = undefined;
      started.terminate();
      for (const { reject } of waiting.values()) reject(notLoaded(workerUrl));
      waiting.clear();
    });
    return started;
  };
  return {
    algorithm,
    digest: (bytes, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        worker ??= start();
        const running = worker;
        const id = (count += 1);
        const onAbort = () => {
          waiting.delete(id);
          post(running, { kind: 'cancel', id });
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        const left = () => signal.removeEventListener('abort', onAbort);
        waiting.set(id, { resolve: runFirst(left, resolve), reject: runFirst(left, reject) });
        post(running, { kind: 'digest', id, algorithm, bytes });
      }),
    ...(terms === undefined ? {} : { combine: combineWith(terms) }),
  };
}

interface Waiting {
  readonly resolve: (value: string) => void;
  readonly reject: (error: Error) => void;
}

function settle(waiting: Waiting | undefined, answer: WorkerAnswer): void {
  if (answer.kind === 'digest') waiting?.resolve(toBase64(answer.digest));
  else waiting?.reject(new DOMException(answer.message, answer.name));
}

function runFirst<T>(first: () => void, then: (value: T) => void): (value: T) => void {
  return (value) => {
    first();
    then(value);
  };
}

function post(worker: Worker, request: WorkerRequest): void {
  worker.postMessage(request, []);
}

function notLoaded({ pathname }: URL): TypeError {
  return new TypeError(
    `The checksum Worker could not be loaded from ${pathname}. Serve checksum-worker.js there or name its ` +
      `address with workerUrl, and allow it in the page's policy (worker-src 'self').`,
  );
}

function combineWith(terms: CrcTerms): NonNullable<Checksum['combine']> {
  return (parts) => {
    const whole = combineCrcs(
      terms,
      parts.map(({ value, bytes }) => ({ crc: fromBase64(value), bytes })),
    );
    const digest = Uint8Array.from({ length: terms.bits / 8 }, (_, index) =>
      Number((whole >> BigInt(terms.bits - 8 * (index + 1))) & 0xffn),
    );
    return toBase64(digest);
  };
}

function fromBase64(text: string): bigint {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
