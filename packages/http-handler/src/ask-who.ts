import { ValetkeyError, type Subject } from '@valetkey/core';

import type { Asked } from './exchange.ts';
import { RateLimited } from './rate-limits.ts';
import { createWaitingRoom } from './waiting-room.ts';

const maxAsking = 512;
/** Longer than an identity provider is given by whoever asks it. */
const deadlineMs = 10_000;
const retryMs = 1000;

/** Knows who asks; undefined for nobody. */
type Authenticate = (request: Request) => Promise<Subject | undefined> | Subject | undefined;

/**
 * Asks who asks. While that takes long, as with an identity provider that does not answer, it keeps nobody out who is
 * known without it.
 * @throws ValetkeyError `unauthenticated`, `identity-unavailable`, `rate-limited`, and whatever `authenticate` throws
 */
export function createSubjectOf(authenticate: Authenticate): (asked: Asked) => Promise<Subject> {
  const room = createWaitingRoom({
    max: maxAsking,
    deadlineMs,
    late: () =>
      new ValetkeyError('identity-unavailable', {
        field: 'authenticate',
        expected: `an answer within ${deadlineMs / 1000} seconds`,
        got: 'none',
      }),
    // Nobody's failure: whoever asks slowly has told of it.
    crowded: () => new RateLimited(retryMs),
  });
  return async (asked) => {
    const found = authenticate(asked.toRequest());
    const subject = found === undefined || 'kind' in found ? found : await room.take(toWaiting(found));
    if (subject === undefined) throw new ValetkeyError('unauthenticated');
    return subject;
  };
}

function toWaiting<Result>(asking: Promise<Result>) {
  let giveUp: (reason: Error) => void = () => {};
  const result = new Promise<Result>((resolve, reject) => {
    giveUp = reject;
    asking.then(resolve, reject);
  });
  return { result, giveUp };
}
