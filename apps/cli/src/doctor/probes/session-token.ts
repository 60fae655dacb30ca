import { failedBy, isRefused } from '../answer.ts';
import { fail, pass, skip, type Probe } from '../probe.ts';
import { storeObject } from '../test-object.ts';

/** The token of temporary keys is taken in a URL, and needed. */
export const sessionToken: Probe = {
  name: 'session-token',
  run: async (context) => {
    const { call, credentials, key } = context;
    const { sessionToken } = await credentials();
    if (sessionToken === undefined) return skip('the keys have no session token');
    await storeObject(context, 'object');
    const answer = await call({ method: 'GET', key: key('object') });
    if (answer.status !== 200) {
      return failedBy(answer, 'a URL with a session token is refused', 'Sign with long-term keys.');
    }
    const without = await call(
      { method: 'GET', key: key('object') },
      { rewrite: ({ searchParams }) => searchParams.delete('X-Amz-Security-Token') },
    );
    return isRefused(without)
      ? pass('a URL with a session token works, and without it does not')
      : fail('a URL works without its session token', 'Do not hand out URLs of this store.');
  },
};
