import { failedBy } from '../answer.ts';
import { fail, pass, type Probe } from '../probe.ts';
import { storeObject, testBody } from '../test-object.ts';

/** A signed HEAD tells the size. */
export const head: Probe = {
  name: 'head',
  run: async (context) => {
    await storeObject(context, 'object');
    const answer = await context.call({ method: 'HEAD', key: context.key('object') });
    if (answer.status !== 200) {
      return failedBy(answer, 'a signed HEAD is refused', 'Give the keys s3:GetObject on this prefix.');
    }
    const length = answer.headers.get('content-length');
    return length === String(testBody.length)
      ? pass('a signed HEAD tells the size')
      : fail(
          `a signed HEAD tells a size of ${length ?? 'nothing'}`,
          'Look for a proxy in front of the store.',
        );
  },
};
