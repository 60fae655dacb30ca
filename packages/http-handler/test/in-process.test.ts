/** What can be seen of the handler only where it runs: functions it is given, and streams that fail. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { nowhere, serviceOver, type Options } from './service-under-test.ts';

const files = {
  name: 'files',
  subjects: [{ kind: 'user' }],
  actions: ['download'],
  keys: ['files/{sub}/{any}'],
};

test('more requests than can be worked on are told to come back, and those in hand are answered', async () => {
  const { promise: counted, resolve: count } = Promise.withResolvers<undefined>();
  const under = serviceOver(nowhere, [{ ...files, rateLimit: { requests: '99/1m' } }], {
    maxInFlight: 2,
    createRateCounter: () => ({ take: () => counted }),
  });
  const ask = () => under.get('/v1/policies/files');
  const first = [ask(), ask()];
  await expect
    .poll(async () => (await under.handler(new Request('http://signer/openapi.json'))).status)
    .toBe(429);
  const refused = await under.handler(new Request('http://signer/v1/policies/files'));
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await refused.json()).toMatchObject({ code: 'rate-limited', retryable: true });
  count(undefined);
  expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
  expect((await ask()).status).toBe(200);
});

test('a store that does not answer keeps nobody from what is only signed', async () => {
  const { promise: held, resolve: answer } = Promise.withResolvers<void>();
  const under = serviceOver(nowhere, [{ ...files, actions: ['download', 'list'] }], {
    maxInFlight: 4,
    fetch: async () => {
      await held;
      return new Response('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>');
    },
  });
  const waiting = Array.from({ length: 6 }, () => under.get('/v1/objects?policy=files'));
  const early = await Promise.all(waiting.slice(2));
  expect(early.map(({ status }) => status)).toEqual([429, 429, 429, 429]);
  const body = { policy: 'files', items: [{ key: 'files/ann/a.png' }] };
  expect((await under.post('/v1/downloads', body)).status).toBe(200);
  expect((await under.get('/v1/policies/files')).status).toBe(200);
  answer();
  expect((await Promise.all(waiting.slice(0, 2))).map(({ status }) => status)).toEqual([200, 200]);
  expect((await under.get('/v1/objects?policy=files')).status).toBe(200);
});

describe('while whoever knows callers does not answer', () => {
  const body = { policy: 'files', items: [{ key: 'files/ann/a.png' }] };
  const start = () => {
    let answer = () => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    const authenticating = (who: string) => (who === 'bob' ? held : Promise.resolve());
    return {
      under: serviceOver(nowhere, [files], { authenticating, maxInFlight: 2 }),
      answer: () => answer(),
    };
  };

  test('callers who are known without it are answered, however many wait', async () => {
    const { under, answer } = start();
    const waiting = Array.from({ length: 600 }, () => under.post('/v1/downloads', body, 'bob'));
    expect((await under.post('/v1/downloads', body)).status).toBe(200);
    expect((await under.get('/v1/policies/files')).status).toBe(200);
    // The oldest have given way to the others, the last of them to one that was answered.
    for (const early of await Promise.all(waiting.slice(0, 89))) {
      expect(early).toMatchObject({
        status: 429,
        body: { code: 'rate-limited', retryable: true, retryAfterMs: 1000 },
      });
    }
    expect(under.failures).toEqual([]);
    answer();
    const statuses = (await Promise.all(waiting.slice(89))).map(({ status }) => status);
    // They are many at once now, and two are worked on at a time.
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect((await under.post('/v1/downloads', body, 'bob')).status).toBe(200);
  });

  test('nobody waits for ever', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const { under } = start();
    const waiting = under.post('/v1/downloads', body, 'bob');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await waiting).toMatchObject({ status: 503, body: { code: 'identity-unavailable' } });
    expect(String(under.failures[0])).toContain('expected an answer within 10 seconds');
  });

  test('nothing of a body is read before its sender is known', async () => {
    const { under } = start();
    const unread = new ReadableStream({ pull: () => Promise.reject(new Error('it was read')) });
    const headers = { 'content-type': 'application/json' };
    const refused = await under.handler(
      new Request('http://signer/v1/downloads', { method: 'POST', headers, body: unread, duplex: 'half' }),
    );
    expect(refused.status).toBe(401);
  });
});

test('a process that is behind tells callers to come back before it reads what they sent', async () => {
  let isOverloaded = true;
  const under = serviceOver(nowhere, [files], { isOverloaded: () => isOverloaded });
  const body = new ReadableStream({ pull: () => Promise.reject(new Error('it was read')) });
  const refused = await under.handler(
    new Request('http://signer/v1/downloads', { method: 'POST', body, duplex: 'half' }),
  );
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await refused.json()).toMatchObject({ code: 'rate-limited', retryable: true, retryAfterMs: 1000 });
  isOverloaded = false;
  expect((await under.get('/v1/policies/files')).status).toBe(200);
});

test.each([
  ['breaks off', () => new TypeError('the connection was closed')],
  ['is given up by whoever has the connection', () => new DOMException('timed out', 'TimeoutError')],
])('a body that %s is the caller’s mistake, not ours', async (_title, toError) => {
  const under = serviceOver(nowhere, [files]);
  const body = new ReadableStream({ pull: () => Promise.reject(toError()) });
  const headers = { authorization: 'Bearer ann', 'content-type': 'application/json' };
  const answer = await under.handler(
    new Request('http://signer/v1/downloads', { method: 'POST', headers, body, duplex: 'half' }),
  );
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    code: 'invalid-body',
    detail: expect.stringContaining('a connection that broke off'),
  });
  expect(under.failures).toEqual([]);
});

describe('rate limits that are counted elsewhere', () => {
  const limited = { ...files, rateLimit: { requests: '2/1m', bytes: '10/1m' } };
  const body = { policy: 'files', items: [{ key: 'files/ann/a.png' }] };

  test('are shared by the services that share the counters', async () => {
    const taken = new Map<string, number>();
    const createRateCounter: NonNullable<Options['createRateCounter']> = ({ name, count }) => ({
      take: async (who, points) => {
        const sum = (taken.get(`${name} ${who}`) ?? 0) + points;
        taken.set(`${name} ${who}`, sum);
        return sum > count ? { retryAfterMs: 1500 } : undefined;
      },
    });
    const replicas = [1, 2, 3].map(() => serviceOver(nowhere, [limited], { createRateCounter }));
    const answers = [];
    for (const replica of replicas) answers.push((await replica.post('/v1/downloads', body)).status);
    expect(answers).toEqual([200, 200, 429]);
    expect(await replicas[0]?.post('/v1/downloads', body)).toMatchObject({
      status: 429,
      body: { code: 'rate-limited', retryAfterMs: 1500 },
    });
    expect((await replicas[0]?.post('/v1/downloads', body, 'bob'))?.status).toBe(200);
    expect([...taken.keys()]).toEqual(['files/requests user ann', 'files/requests user bob']);
  });

  test('that cannot be counted give nothing, and the operator hears of it', async () => {
    const createRateCounter = () => ({ take: () => Promise.reject(new Error('connection refused')) });
    const under = serviceOver(nowhere, [limited], { createRateCounter });
    expect(await under.post('/v1/downloads', body)).toMatchObject({
      status: 503,
      body: { code: 'store-unavailable', retryable: true },
    });
    expect(under.failures).toHaveLength(1);
  });
});

test('a call that is refused as a whole while items of it have yet to ask their store keeps no place there', async () => {
  const { promise: counted, resolve: count } = Promise.withResolvers<undefined>();
  let isRefusing = false;
  const policy = (name: string) => ({
    name,
    subjects: [{ kind: 'user' }],
    actions: ['upload'],
    keys: [`${name}/{sub}/{uuid}`],
    rateLimit: { requests: '99/1m' },
    upload: { maxSize: '1Mi', contentTypes: ['text/plain'] },
  });
  const under = serviceOver(nowhere, [policy('limited'), policy('slow')], {
    // One place with stores.
    maxInFlight: 2,
    createRateCounter: ({ name }) => ({
      take: async () => {
        if (!isRefusing) return undefined;
        return name.startsWith('limited') ? { retryAfterMs: 1500 } : counted;
      },
    }),
  });
  const begin = async (name: string): Promise<string> => {
    const file = { ref: 'a', nonce: 'nonce-nonce-nonce', name: 'a.txt', bytes: 4, type: 'text/plain' };
    return (await under.post('/v1/uploads', { policy: name, files: [file] })).body.uploads[0].id;
  };
  const [limited, slow] = [await begin('limited'), await begin('slow')];
  isRefusing = true;
  const items = [{ id: limited }, { id: slow }];
  expect((await under.post('/v1/uploads/status', { items })).status).toBe(429);
  count(undefined);
  isRefusing = false;
  // Asked, and not there.
  const ask = async () => (await under.post('/v1/uploads/status', { items: [{ id: slow }] })).body.items;
  await expect.poll(ask).toMatchObject([{ problem: { code: 'store-unavailable' } }]);
});

test('what AWS says to a cursor that it never gave is told as the caller’s mistake', async () => {
  const under = serviceOver(nowhere, [{ ...files, actions: ['list'] }], {
    fetch: async () =>
      new Response(
        '<Error><Code>InvalidArgument</Code><Message>The continuation token provided is incorrect</Message></Error>',
        { status: 400 },
      ),
  });
  expect((await under.get('/v1/objects?policy=files&cursor=junk')).body).toMatchObject({
    code: 'invalid-body',
    status: 400,
    detail: expect.stringContaining('cursor: expected the cursor of an earlier answer'),
  });
  // Without a cursor it is none of the caller's.
  expect((await under.get('/v1/objects?policy=files')).body).toMatchObject({ code: 'store-refused' });
});
