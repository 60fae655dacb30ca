import { parseHttpDate } from '@valetkey/core';
import { fail, pass, skip, type Probe } from '../probe.ts';

/** As far as a signature may be dated back. */
const toleratedMs = 60_000;

/** This machine and the store agree on the time. From here on the store's time is taken, if they do not. */
export const clock: Probe = {
  name: 'clock',
  run: async ({ knock, clock }) => {
    const beforeMs = clock.machine.now();
    const { headers } = await knock();
    const middleMs = (beforeMs + clock.machine.now()) / 2;
    const date = headers.get('date');
    const storeMs = date === null ? undefined : parseHttpDate(date);
    if (storeMs === undefined) return skip('the store does not say what time it is');
    // The header has whole seconds.
    const aheadMs = storeMs + 500 - middleMs;
    const seconds = Math.abs(Math.round(aheadMs / 1000));
    if (Math.abs(aheadMs) <= toleratedMs) return pass(seconds <= 1 ? 'equal' : `${seconds} s apart`);
    clock.setAhead(aheadMs);
    return fail(
      `this machine is ${seconds} s ${aheadMs > 0 ? 'behind' : 'ahead of'} the store`,
      "Set this machine's clock (NTP). The checks below take the store's time.",
    );
  },
};
