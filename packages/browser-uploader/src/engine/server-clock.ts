/**
 * The server's clock, reckoned from its answers: this machine's own may be wrong by hours, and every expiry is
 * the server's.
 */
export interface ServerClock {
  /** Milliseconds from now to an instant (RFC 3339); less than 0 when it is past. */
  readonly msUntil: (instant: string) => number;
  /** Takes note of an answer's `serverTime` (RFC 3339). */
  readonly heard: (serverTime: string) => void;
}

/** Until the first answer it is the machine's clock. */
export function createServerClock(now: () => number): ServerClock {
  let offsetMs = 0;
  return {
    msUntil: (instant) => Date.parse(instant) - now() - offsetMs,
    heard: (serverTime) => {
      const serverMs = Date.parse(serverTime);
      if (!Number.isNaN(serverMs)) offsetMs = serverMs - now();
    },
  };
}
