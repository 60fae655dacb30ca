import { isRefused } from '../answer.ts';
import { fail, pass, type Probe } from '../probe.ts';
import type { Sending } from '../signed-call.ts';
import { readObject, storeObject } from '../test-object.ts';

const alterations: Readonly<Record<string, Sending>> = {
  'another signature': {
    rewrite: ({ searchParams }) => {
      const signature = searchParams.get('X-Amz-Signature') ?? '';
      searchParams.set('X-Amz-Signature', `${signature.slice(1)}${signature.startsWith('0') ? '1' : '0'}`);
    },
  },
  'a longer life': { rewrite: ({ searchParams }) => searchParams.set('X-Amz-Expires', '86400') },
  'another key': { rewrite: (url) => void (url.pathname = url.pathname.replace(/object$/, 'other')) },
  'another method': { method: 'DELETE' },
};

/** A URL opens what it was signed for, and nothing else. */
export const signature: Probe = {
  name: 'signature',
  run: async (context) => {
    const { call, key } = context;
    await storeObject(context, 'object');
    await storeObject(context, 'other');
    const accepted: string[] = [];
    for (const [what, sending] of Object.entries(alterations)) {
      const answer = await call({ method: 'GET', key: key('object') }, sending);
      if (!isRefused(answer)) accepted.push(what);
    }
    const isGone = (await readObject(context, 'object')) === undefined;
    if (isGone && !accepted.includes('another method')) accepted.push('another method');
    return accepted.length === 0
      ? pass('another signature, life, key or method is refused')
      : fail(
          `the store takes a URL with ${accepted.join(', ')}`,
          'Do not hand out URLs of this store: it does not check their signatures.',
        );
  },
};
