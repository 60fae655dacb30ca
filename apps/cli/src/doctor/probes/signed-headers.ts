import { failedBy, isDone, isRefused } from '../answer.ts';
import { fail, pass, type Probe } from '../probe.ts';
import type { ProbeContext } from '../probe-context.ts';
import { readObject, storeObject, testBody, testType } from '../test-object.ts';

/** What was signed must be sent, and no `x-amz-*` header beside it. */
export const signedHeaders: Probe = {
  name: 'signed-headers',
  run: async (context) => {
    const asSigned = await storeObject(context, 'headers');
    if (!isDone(asSigned)) {
      return failedBy(
        asSigned,
        'a PUT as it was signed is refused',
        'Look for a proxy that changes headers.',
      );
    }
    const attempts = {
      'an x-amz-meta header that was not signed': await tamper(context, 'headers-added', {
        'x-amz-meta-owner': 'mallory',
      }),
      'another content-type than the signed one': await tamper(context, 'headers-type', {
        'content-type': 'text/html',
      }),
    };
    const accepted = Object.entries(attempts).filter(([, refused]) => !refused);
    return accepted.length === 0
      ? pass('unsigned x-amz-* headers and other types are refused')
      : fail(
          `the store takes ${accepted.map(([what]) => what).join(' and ')}`,
          'Whoever holds an upload URL decides these; do not serve uploads from this store by their type.',
        );
  },
};

async function tamper(
  context: ProbeContext,
  name: string,
  headers: Readonly<Record<string, string>>,
): Promise<boolean> {
  const signed = { 'content-type': testType };
  const answer = await context.call(
    { method: 'PUT', key: context.key(name), headers: signed },
    { body: testBody, headers },
  );
  return isRefused(answer) && (await readObject(context, name)) === undefined;
}
