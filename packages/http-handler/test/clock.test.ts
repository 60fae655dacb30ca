/** A service whose clock is wrong, on stores that look at theirs. */
import { describe, expect, test } from 'vitest';

import { follow, serviceUnderTest, type Json } from './service-under-test.ts';

const minutes = 60_000;
const policy = {
  name: 'files',
  subjects: [{ kind: 'user' }],
  actions: ['upload', 'list'],
  keys: ['files/{sub}/{uuid}/{name}'],
  upload: { multipartThreshold: '5Mi', partSize: '5Mi' },
};
const file = (bytes: number): Json => ({
  ref: 'a',
  nonce: 'nonce-nonce-1',
  name: 'a.bin',
  bytes,
  type: 'application/octet-stream',
});

describe.each(['seaweedfs', 'versitygw'] as const)('on %s', (engine) => {
  const skewed = (byMs: number) => {
    let offMs = byMs;
    return {
      under: serviceUnderTest([policy], { engine, clock: { now: () => Date.now() + offMs } }),
      mend: () => {
        offMs = 0;
      },
    };
  };

  test('a clock that is 20 minutes behind is said to be, with the difference, and the operator hears of it', async () => {
    const { under: starting } = skewed(-20 * minutes);
    const under = await starting;
    const begin = async (bytes: number): Promise<Json> =>
      (await under.post('/v1/uploads', { policy: 'files', files: [file(bytes)] })).body.uploads[0];
    const problem = {
      code: 'clock-skewed',
      retryable: false,
      detail: expect.stringMatching(
        /^The clock is wrong: .*got (119\d|120\d) seconds behind it\. Set the clock/,
      ),
    };
    const small = await begin(5);
    expect((await follow(small.request, 'hello')).status).toBe(200);
    const { body } = await under.post('/v1/uploads/complete', { items: [{ id: small.id }] });
    expect(body.items[0].problem).toMatchObject(problem);
    expect((await begin(6 * 2 ** 20)).problem).toMatchObject(problem);
    expect((await under.get('/v1/objects?policy=files')).body).toMatchObject(problem);
    expect(under.failures).toHaveLength(3);
  });

  test('what was uploaded meanwhile is complete once the clock is set', async () => {
    const { under: starting, mend } = skewed(-20 * minutes);
    const under = await starting;
    const { body } = await under.post('/v1/uploads', { policy: 'files', files: [file(5)] });
    const [upload] = body.uploads;
    await follow(upload.request, 'hello');
    mend();
    const completed = await under.post('/v1/uploads/complete', { items: [{ id: upload.id }] });
    expect(completed.body.items[0]).toMatchObject({ bytes: 5 });
  });
});

describe('a store that refuses', () => {
  const refusing = (status: number, date: number, body = '') =>
    serviceUnderTest([policy], {
      fetch: async () => new Response(body, { status, headers: { date: new Date(date).toUTCString() } }),
    });
  const begin = async (under: Awaited<ReturnType<typeof serviceUnderTest>>): Promise<Json> => {
    const { body } = await under.post('/v1/uploads', { policy: 'files', files: [file(6 * 2 ** 20)] });
    return body.uploads[0].problem;
  };

  test.each([
    ['is 20 minutes behind the service', 403, -20, 'clock-skewed', false],
    ['is 14 minutes behind it, which S3 takes', 403, -14, 'store-refused', false],
    ['is 4 minutes ahead, while URLs of the service live for 5', 403, 4, 'store-refused', false],
    ['is 6 minutes ahead', 403, 6, 'clock-skewed', false],
    ['is 20 minutes behind and answers 404: it took the signature', 404, -20, 'store-unavailable', true],
  ] as const)('and %s', async (_, status, aheadMinutes, code, retryable) => {
    const under = await refusing(status, Date.now() + aheadMinutes * minutes);
    expect(await begin(under)).toMatchObject({ code, retryable });
  });

  test.each([
    [400, 'InvalidRequest', 'store-refused'],
    [400, 'SomethingNobodyHasHeardOf', 'store-refused'],
    [403, 'AccessDenied', 'store-refused'],
    [404, 'NoSuchBucket', 'store-refused'],
    [400, 'RequestTimeout', 'store-unavailable'],
    [409, 'OperationAborted', 'store-unavailable'],
    [429, 'TooManyRequests', 'store-unavailable'],
    [400, 'ExpiredToken', 'credentials-expired'],
    [200, 'InternalError', 'store-unavailable'],
    [503, 'SlowDown', 'store-unavailable'],
  ])('with %i %s is told as %s, retryable where another time may do', async (status, reason, code) => {
    const under = await refusing(status, Date.now(), `<Error><Code>${reason}</Code></Error>`);
    expect(await begin(under)).toMatchObject({ code, retryable: code !== 'store-refused' });
  });
});
