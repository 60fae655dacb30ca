import { createHash } from 'node:crypto';

import { failedBy, isDone, isRefused } from '../answer.ts';
import { fail, pass, skip, type Probe } from '../probe.ts';
import type { ProbeContext } from '../probe-context.ts';
import { readObject, testBody } from '../test-object.ts';

/** A signed SHA-256 is verified on arrival. */
export const checksum: Probe = {
  name: 'checksum',
  run: async (context) => {
    const right = await upload(context, 'checksum-right', digestOf(testBody));
    if (!isDone(right)) {
      return right.status === 501
        ? skip('the store knows no checksums')
        : failedBy(right, 'a right SHA-256 is refused', 'Look for a proxy that changes bodies.');
    }
    const wrong = await upload(context, 'checksum-wrong', digestOf(`${testBody}!`));
    const isStored = (await readObject(context, 'checksum-wrong')) !== undefined;
    return isRefused(wrong) && !isStored
      ? pass('a wrong SHA-256 is refused')
      : fail(
          'a body with a wrong SHA-256 is stored',
          'Do not rely on checksums with this store; compare after downloading.',
        );
  },
};

function upload({ call, key }: ProbeContext, name: string, digest: string) {
  const headers = { 'x-amz-checksum-sha256': digest };
  return call({ method: 'PUT', key: key(name), headers }, { body: testBody });
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
