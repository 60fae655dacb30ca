/// <reference types="node" />
/**
 * Whether this Node process is behind. Requests that wait for the processor wait in their sockets, where nobody
 * can count them; but all that were readable when the event loop looked are handled in one turn of it, so how long
 * a turn has been going on is how long the next of them has waited already.
 *
 * One long turn may be a burst or a pause of the collector and is worked off; turns that are long one after
 * another are a queue that stands, as CoDel has it (RFC 8289, section 4).
 */

/** What a request may wait for its turn while there is a standing queue. */
const targetMs = 25;
/** How long a turn that was late tells of the next. */
const intervalMs = 100;

/**
 * Made once a process; the function it gives is asked once at the beginning of each request and costs well under a
 * microsecond. Nothing runs while there are no requests.
 * @example
 * ```ts
 * const handler = createHandler(service, { authenticate, isOverloaded: createOverloadWatch() });
 * ```
 * @public
 */
export function createOverloadWatch(): () => boolean {
  let isTurning = false;
  let startedMs = 0;
  let lateMs = Number.NEGATIVE_INFINITY;
  const endTurn = () => {
    isTurning = false;
    const nowMs = performance.now();
    if (nowMs - startedMs > targetMs) lateMs = nowMs;
  };
  return () => {
    if (!isTurning) {
      isTurning = true;
      startedMs = performance.now();
      setImmediate(endTurn);
      return false;
    }
    const waitedMs = performance.now() - startedMs;
    return waitedMs > (startedMs - lateMs < intervalMs ? targetMs : 2 * targetMs);
  };
}
