/**
 * A promise that something settles and a signal can end. `start` begins the waiting and returns how to stop it;
 * it is stopped only when the signal ends it.
 */
export function settleWith<T>(
  signal: AbortSignal,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = () => {
      stop();
      reject(signal.reason as Error);
    };
    const settled =
      <V>(settle: (value: V) => void) =>
      (value: V) => {
        signal.removeEventListener('abort', onAbort);
        settle(value);
      };
    signal.addEventListener('abort', onAbort, { once: true });
    const stop = start(settled(resolve), settled(reject));
  });
}

/** The work goes on without the one that left it. */
export function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return settleWith<T>(signal, (resolve, reject) => {
    work.then(resolve, reject);
    return () => undefined;
  });
}

/**
 * A place in a queue: resolves with how to give back what was granted, which counts once. `grantNext` looks who is
 * next, now and whenever something is given back.
 */
export function queueUp<Item>(
  queue: Map<() => void, Item>,
  item: Item,
  signal: AbortSignal,
  grantNext: () => void,
  giveBack: () => void,
): Promise<() => void> {
  return settleWith<() => void>(signal, (resolve) => {
    let isGivenBack = false;
    const once = () => {
      if (isGivenBack) return;
      isGivenBack = true;
      giveBack();
    };
    const grant = () => resolve(once);
    queue.set(grant, item);
    grantNext();
    return () => queue.delete(grant);
  });
}
