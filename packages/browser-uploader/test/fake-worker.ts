import { createHash } from 'node:crypto';

import type { WorkerAnswer, WorkerRequest } from '../src/engine/integrity/worker-messages.ts';

/** MD5 by Node, which has no Workers of the browser's kind. */
export function fakeWorker(onSum: () => void = () => undefined) {
  let tell: (event: { readonly data: WorkerAnswer }) => void = () => undefined;
  return {
    addEventListener: (type: string, listener: typeof tell) => {
      if (type !== 'message') return;
      tell = listener;
      queueMicrotask(() => tell({ data: { kind: 'ready' } }));
    },
    postMessage: async (request: WorkerRequest) => {
      if (request.kind === 'cancel') return;
      onSum();
      const bytes = new Uint8Array(await request.bytes.arrayBuffer());
      const digest = new Uint8Array(createHash('md5').update(bytes).digest());
      tell({ data: { kind: 'digest', id: request.id, digest } });
    },
    terminate: () => undefined,
  };
}
