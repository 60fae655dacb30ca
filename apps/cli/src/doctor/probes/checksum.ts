import { createHash } from 'node:crypto';

import { failedBy, isDone, isRefused } from '../answer.ts';
import type { ProbeContext } from '../probe-context.ts';
import { lack, pass, type Probe } from '../probe.ts';
import { readObject, testBody } from '../test-object.ts';

const notImplemented = 501;
const fix = 'Do not rely on checksums with this store; compare after downloading.';

/** A signed SHA-256 is verified on arrival. */
export const checksum: Probe = {
  name: 'checksum',
  run: async (context) => {
    const { profile } = context.store;
    const lacking = (found: string) =>
      lack(profile.checksums.includes('SHA256'), found, fix, { sha256: false });
    const right = await upload(context, 'checksum-right', digestOf(testBody));
    if (right.status === notImplemented) return lacking('the store knows no SHA-256 checksums');
    if (!isDone(right)) {
      return failedBy(right, 'a right SHA-256 is refused', 'Look for a proxy that changes bodies.');
    }
    const wrong = await upload(context, 'checksum-wrong', digestOf(`${testBody}!`));
    const isStored = (await readObject(context, 'checksum-wrong')) !== undefined;
    return isRefused(wrong) && !isStored
      ? pass('a wrong SHA-256 is refused', { sha256: true })
      : lacking('a body with a wrong SHA-256 is stored');
  },
};

function upload({ call, key }: ProbeContext, name: string, digest: string) {
  const headers = { 'x-amz-checksum-sha256': digest };
  return call({ method: 'PUT', key: key(name), headers }, { body: testBody });
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
