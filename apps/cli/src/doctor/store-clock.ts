import type { Clock } from '@valetkey/core';

/** The machine's clock until the store's is known, then the store's: a wrong clock must not hide all else. */
export class StoreClock implements Clock {
  readonly machine: Clock;
  #aheadMs = 0;

  constructor(machine: Clock) {
    this.machine = machine;
  }

  /** From now on the time is the machine's plus this. */
  setAhead(milliseconds: number): void {
    this.#aheadMs = milliseconds;
  }

  now(): number {
    return this.machine.now() + this.#aheadMs;
  }
}
