import { failedBy } from '../answer.ts';
import { fail, pass, type Probe } from '../probe.ts';
import { storeObject, testBody, testType } from '../test-object.ts';

/** A signed GET gives what was stored, with its type. */
export const get: Probe = {
  name: 'get',
  run: async (context) => {
    await storeObject(context, 'object');
    const answer = await context.call({ method: 'GET', key: context.key('object') });
    if (answer.status !== 200) {
      return failedBy(answer, 'a signed GET is refused', 'Give the keys s3:GetObject on this prefix.');
    }
    const type = answer.headers.get('content-type');
    return answer.body === testBody && type?.startsWith(testType)
      ? pass('a signed GET gives back bytes and type')
      : fail(
          `a signed GET gives something else than was stored (type ${type ?? 'none'})`,
          'Look for a proxy or a cache in front of the store.',
        );
  },
};
