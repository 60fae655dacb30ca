/**
 * What `npm start` says while it works: one line per stage, with the time each took.
 */
export interface Progress {
  /** Announces a stage, runs it, and says how long it took. */
  stage<T>(title: string, run: (report: (line: string) => void) => Promise<T>): Promise<T>;
}

export function createProgress(write: (text: string) => void, now: () => number): Progress {
  return {
    async stage(title, run) {
      const startedAt = now();
      write(`… ${title}\n`);
      const result = await run((line) => write(`    ${line}\n`));
      write(`✓ ${title} (${((now() - startedAt) / 1000).toFixed(1)} s)\n`);
      return result;
    },
  };
}
