import type { Answer } from './answer.ts';
import type { ProbeContext } from './probe-context.ts';

/** What is stored: plain text of a known type. */
export const testBody = 'valetkey doctor';
export const testType = 'text/plain';

/** Stores the test text under a name, as a signed upload of exactly its length and type. */
export async function storeObject(
  { call, key }: ProbeContext,
  name: string,
  body = testBody,
): Promise<Answer> {
  const headers = { 'content-type': testType, 'content-length': String(body.length) };
  return call({ method: 'PUT', key: key(name), headers }, { body });
}

/** What is stored under a name now; undefined when there is nothing. */
export async function readObject({ call, key }: ProbeContext, name: string): Promise<string | undefined> {
  const answer = await call({ method: 'GET', key: key(name) });
  return answer.status === 200 ? answer.body : undefined;
}
