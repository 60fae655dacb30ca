import type { EventEmitter } from 'node:events';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Turns the first signal that would end a process into an abort, once somebody waits for it. */
export function interruption(source: Pick<EventEmitter, 'on' | 'off'>): () => AbortSignal {
  let controller: AbortController | undefined;
  return () => {
    if (controller !== undefined) return controller.signal;
    const created = new AbortController();
    const abort = () => {
      // Without a listener the next signal ends the process.
      for (const signal of signals) source.off(signal, abort);
      created.abort();
    };
    for (const signal of signals) source.on(signal, abort);
    controller = created;
    return created.signal;
  };
}
