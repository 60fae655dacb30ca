/** Bodies that never come, in every runtime: in Workers a timer ends together with the request that set it. */
import { expect, test } from 'vitest';

import { nowhere, serviceOver, type Under } from './service-under-test.ts';

const files = {
  name: 'files',
  subjects: [{ kind: 'user' }],
  actions: ['download'],
  keys: ['files/{sub}/{any}'],
};
const patience = 60_000;
const good = { policy: 'files', items: [{ key: 'files/ann/a.png' }] };

/** Sends a body's first byte and no more. */
async function stall({ handler }: Under): Promise<{ status: number; detail: string }> {
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{')),
  });
  const headers = { authorization: 'Bearer ann', 'content-type': 'application/json' };
  const answer = await handler(
    new Request('http://signer/v1/downloads', { method: 'POST', headers, body, duplex: 'half' }),
  );
  const { detail } = (await answer.json()) as { detail: string };
  return { status: answer.status, detail };
}

test(
  'each has a deadline of its own, whatever requests have ended before it',
  { timeout: patience },
  async () => {
    const under = serviceOver(nowhere, [files]);
    expect((await under.post('/v1/downloads', good)).status).toBe(200);
    const first = stall(under);
    expect((await under.post('/v1/downloads', good)).status).toBe(200);
    for (const { status, detail } of [await first, await stall(under)]) {
      expect(status).toBe(408);
      expect(detail).toContain('expected all of it within 5 seconds');
    }
  },
);

test('the oldest gives way to a new one, which is answered', { timeout: patience }, async () => {
  const under = serviceOver(nowhere, [files]);
  // The connections are there before: all have to come before the first of them has stalled for five seconds.
  await Promise.all(Array.from({ length: 520 }, () => under.get('/v1/nothing')));
  const stalled = Array.from({ length: 520 }, () => stall(under));
  const early = await Promise.any(stalled);
  expect(early).toMatchObject({ status: 408, detail: expect.stringContaining('expected room for it') });
  expect((await under.post('/v1/downloads', good)).status).toBe(200);
  const ends = await Promise.all(stalled);
  expect(ends.filter(({ status }) => status === 408)).toHaveLength(520);
});
