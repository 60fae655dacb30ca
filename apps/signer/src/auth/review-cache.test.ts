import type { Subject } from '@valetkey/core';
import { expect, test } from 'vitest';

import { cacheReviews } from './review-cache.ts';

const pod = (id: string): Subject => ({ kind: 'serviceAccount', id, namespace: 'team', claims: {} });

/** A cluster that knows every token that begins with `pod`, and what it was asked. */
function cluster() {
  let nowMs = 0;
  let gate = Promise.resolve();
  const asked: string[] = [];
  const review = async (token: string) => {
    asked.push(token);
    await gate;
    return token.startsWith('pod') ? pod(token) : undefined;
  };
  return {
    asked,
    of: cacheReviews(review, { now: () => nowMs }),
    pass: (ms: number) => {
      nowMs += ms;
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
  };
}

test('an answer holds for ten seconds, whether it was yes or no', async () => {
  const { of, asked, pass } = cluster();
  for (const [token, subject] of [
    ['pod-a', pod('pod-a')],
    ['made-up', undefined],
  ] as const) {
    expect(await of(token)).toEqual(subject);
    pass(9_999);
    expect(await of(token)).toEqual(subject);
    pass(1);
    expect(await of(token)).toEqual(subject);
  }
  expect(asked).toEqual(['pod-a', 'pod-a', 'made-up', 'made-up']);
});

test('made-up tokens, however many, do not make a known one be asked about again', async () => {
  const { of, asked } = cluster();
  await of('pod-a');
  for (let index = 0; index < 10_001; index += 1) await of(`made-up-${index}`);
  expect(await of('pod-a')).toEqual(pod('pod-a'));
  expect(asked.filter((token) => token === 'pod-a')).toHaveLength(1);
});

test('while the cluster does not answer, known tokens are known and the number of questions is bounded', async () => {
  const { of, asked, hold } = cluster();
  await of('pod-a');
  const release = hold();
  const waiting = Array.from({ length: 256 }, (_, index) => of(`pod-${index}`));
  expect(await of('pod-a')).toEqual(pod('pod-a'));
  await expect(of('pod-late')).rejects.toMatchObject({ code: 'identity-unavailable', retryable: true });
  expect(asked).toHaveLength(257);
  // The same token is one question.
  const again = of('pod-0');
  release();
  expect(await again).toEqual(pod('pod-0'));
  await Promise.all(waiting);
  expect(await of('pod-late')).toEqual(pod('pod-late'));
});
