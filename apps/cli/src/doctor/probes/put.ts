import { failedBy, isDone } from '../answer.ts';
import { pass, type Probe } from '../probe.ts';
import { storeObject } from '../test-object.ts';

/** A signed PUT stores an object. */
export const put: Probe = {
  name: 'put',
  essential: true,
  run: async (context) => {
    const answer = await storeObject(context, 'object');
    return isDone(answer)
      ? pass('a signed PUT with length and type is stored')
      : failedBy(answer, 'a signed PUT is not stored', 'Give the keys s3:PutObject on this prefix.');
  },
};
