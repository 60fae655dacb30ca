import { failedBy, isDone } from '../answer.ts';
import { fail, pass, type Probe } from '../probe.ts';
import { readObject, storeObject } from '../test-object.ts';

/** A signed DELETE removes an object. */
export const deletion: Probe = {
  name: 'delete',
  run: async (context) => {
    await storeObject(context, 'deleted');
    const answer = await context.call({ method: 'DELETE', key: context.key('deleted') });
    if (!isDone(answer)) {
      return failedBy(answer, 'a signed DELETE is refused', 'Give the keys s3:DeleteObject on this prefix.');
    }
    return (await readObject(context, 'deleted')) === undefined
      ? pass('a signed DELETE removes the object')
      : fail('a deleted object is still served', 'Look for a cache in front of the store.');
  },
};
