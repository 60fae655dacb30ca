/**
 * Stops what was started, in the opposite order, once: at Ctrl-C, SIGTERM, a closed terminal, or the end.
 */
export interface Shutdown {
  /** Resolves at the first signal. */
  readonly requested: Promise<void>;
  isRequested(): boolean;
  /** Remembers how to stop something that now runs. */
  onStop(name: string, stop: () => Promise<void>): void;
  /** Stops everything; a failure to stop one thing does not keep the others running. */
  run(): Promise<void>;
}

export function createShutdown(write: (text: string) => void): Shutdown {
  const stops: { readonly name: string; readonly stop: () => Promise<void> }[] = [];
  let isRequested = false;
  let resolveRequested: () => void = () => undefined;
  const requested = new Promise<void>((resolve) => {
    resolveRequested = resolve;
  });
  const run = async () => {
    for (const { name, stop } of stops.splice(0).toReversed()) {
      try {
        await stop();
      } catch (error) {
        process.exitCode = 1;
        write(`could not stop ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // npm and the terminal may both pass it on; the first is enough.
      if (isRequested) return;
      isRequested = true;
      write('\nStopping …\n');
      resolveRequested();
    });
  }
  return {
    requested,
    isRequested: () => isRequested,
    onStop: (name, stop) => void stops.push({ name, stop }),
    run,
  };
}
