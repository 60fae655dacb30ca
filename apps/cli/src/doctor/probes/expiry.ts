import { isRefused } from '../answer.ts';
import { fail, pass, type Probe } from '../probe.ts';
import { storeObject } from '../test-object.ts';

/** An expired URL opens nothing. */
export const expiry: Probe = {
  name: 'expiry',
  run: async (context) => {
    await storeObject(context, 'object');
    const answer = await context.call({
      method: 'GET',
      key: context.key('object'),
      lifetimeSeconds: 60,
      ageSeconds: 180,
    });
    return isRefused(answer)
      ? pass('a URL that ended two minutes ago is refused')
      : fail(
          'a URL that ended two minutes ago still works',
          'Do not hand out URLs of this store, or set its clock.',
        );
  },
};
