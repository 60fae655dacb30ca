import { failedBy } from '../answer.ts';
import { fail, pass, skip, type Probe } from '../probe.ts';
import { storeObject, testBody } from '../test-object.ts';

/** A URL can be pinned to a version. */
export const versions: Probe = {
  name: 'versions',
  run: async (context) => {
    const { call, key } = context;
    const first = await storeObject(context, 'versioned');
    const versionId = first.headers.get('x-amz-version-id');
    if (versionId === null || versionId === 'null') {
      return skip('versioning is off: a URL serves whatever is current');
    }
    await storeObject(context, 'versioned', 'a later version');
    const answer = await call({ method: 'GET', key: key('versioned'), versionId });
    if (answer.status !== 200) {
      return failedBy(answer, 'a pinned URL is refused', 'Give the keys s3:GetObjectVersion on this prefix.');
    }
    return answer.body === testBody
      ? pass('versioning is on, and a pinned URL serves its version', { versions: true })
      : fail('a pinned URL serves another version', 'Do not pin versions in this store.');
  },
};
