import { describe, expect, test } from 'vitest';

import { fakeBrowser, type FakeOptions } from '../../test/fake-browser.ts';
import { diagnose } from './diagnose/diagnose.ts';
import { UploadError } from './upload-error.ts';
import { createUploader, type UploadOptions } from './uploader.ts';

const file = new Blob(['hello'], { type: 'text/plain' });
const refusal = (code: string, message: string) =>
  `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
const problem = (code: string, detail: string, retryable = false) => ({
  type: `urn:valetkey:problem:${code}`,
  title: 'T',
  status: 400,
  detail,
  code,
  retryable,
  requestId: 'r',
});

const waitADay = {
  status: 429,
  json: problem('rate-limited', 'no', true),
  headers: { 'retry-after': '86400' },
};

function uploaderOver(options: FakeOptions = {}) {
  const browser = fakeBrowser(options);
  const uploader = createUploader({
    endpoint: 'https://sign.example/',
    policy: 'files',
    environment: browser.environment,
    headers: async () => ({ authorization: `Bearer ${browser.calls.length}` }),
  });
  const upload = (choices: UploadOptions = {}) => uploader.upload(file, { name: 'hello.txt', ...choices });
  return { ...browser, uploader, upload, paths: () => browser.calls.map(({ path }) => path) };
}

async function failureOf(work: Promise<unknown>): Promise<UploadError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UploadError)) throw new Error(`expected an UploadError, got ${String(error)}`);
  return error;
}

test('a file is begun, sent with the signed headers, and verified', async () => {
  const { upload, paths, puts, calls } = uploaderOver();
  const progress: number[] = [];
  await expect(upload({ onProgress: (sent) => progress.push(sent) })).resolves.toMatchObject({
    key: 'key',
    receipt: 'r',
  });
  expect(paths()).toEqual(['/v1/uploads', '/v1/uploads/complete']);
  expect(puts).toMatchObject([{ headers: { 'content-type': 'text/plain' }, type: 'text/plain' }]);
  expect(calls[0]?.body).toMatchObject({
    policy: 'files',
    files: [{ nonce: 'nonce-nonce', name: 'hello.txt', bytes: 5, type: 'text/plain' }],
  });
  expect(progress).toEqual([5]);
});

test('headers are asked at every request to the service and never sent to the store', async () => {
  const { upload, calls, puts } = uploaderOver();
  await upload();
  expect(calls.map(({ headers }) => headers['authorization'])).toEqual(['Bearer 0', 'Bearer 1']);
  expect(puts[0]?.headers).not.toHaveProperty('authorization');
});

test('files that are begun together are begun in one call, and at most four are sent at a time', async () => {
  const { uploader, paths } = uploaderOver();
  await Promise.all(Array.from({ length: 4 }, () => uploader.upload(file)));
  expect(paths()).toEqual(['/v1/uploads', '/v1/uploads/complete']);
});

describe('expiry', () => {
  test('a URL that grew old by the server clock is signed anew before the PUT', async () => {
    const { uploader, paths } = uploaderOver({
      lifeMs: 35_000,
      serverAheadMs: 3_600_000,
      puts: [{ kind: 'silence' }],
    });
    const uploads = Array.from({ length: 4 }, () => uploader.upload(file));
    await Promise.all(uploads);
    expect(paths()).toContain('/v1/uploads/sign');
  });

  test("this machine's clock being wrong by an hour changes nothing", async () => {
    const { upload, paths } = uploaderOver({ serverAheadMs: -3_600_000 });
    await upload();
    expect(paths()).toEqual(['/v1/uploads', '/v1/uploads/complete']);
  });

  test.each([
    [403, refusal('AccessDenied', 'Request has expired')],
    [400, refusal('ExpiredToken', 'The provided token has expired.')],
  ])('a PUT answered %d as expired is sent again with a fresh URL', async (status, body) => {
    const { upload, paths, puts } = uploaderOver({ puts: [{ kind: 'answer', status, body }] });
    await upload();
    expect(paths()).toContain('/v1/uploads/sign');
    expect(new Set(puts.map(({ url }) => url)).size).toBe(2);
  });

  test('a file that outlives three URLs fails as line-too-slow', async () => {
    const expired = {
      kind: 'answer',
      status: 403,
      body: refusal('AccessDenied', 'Request has expired'),
    } as const;
    const { upload, puts } = uploaderOver({
      puts: [expired, expired, expired],
      lifeMs: 20_000,
      putMs: 25_000,
    });
    expect(await failureOf(upload())).toMatchObject({ code: 'line-too-slow' });
    expect(puts).toHaveLength(3);
  });

  test('URLs that the store takes for expired as soon as they are made show that a clock is wrong', async () => {
    const expired = {
      kind: 'answer',
      status: 403,
      body: refusal('AccessDenied', 'Request has expired'),
    } as const;
    const { upload, puts, elapsedMs } = uploaderOver({ puts: [expired, expired, expired] });
    expect(await failureOf(upload())).toMatchObject({
      code: 'clock-skewed',
      retryable: false,
      message: 'The clocks of the signing service and the store differ by 300 seconds or more.',
    });
    expect(puts).toHaveLength(3);
    expect(elapsedMs()).toBeLessThan(10_000);
  });

  test('a date that the store does not take ends the upload with what the service knows of the clocks', async () => {
    const puts = [
      { kind: 'answer', status: 403, body: refusal('RequestTimeTooSkewed', 'Too large.') },
    ] as const;
    const detail =
      "The clock is wrong: clock of the signing service: expected the store's time, got 1200 seconds ahead of it.";
    const own = uploaderOver({ puts });
    expect(await failureOf(own.upload())).toMatchObject({
      code: 'clock-skewed',
      message: 'The clocks of the signing service and the store differ by 900 seconds or more.',
    });
    const told = uploaderOver({
      puts,
      answers: {
        '/v1/uploads/status': () => ({
          json: {
            serverTime: '2026-11-24T12:00:00.000Z',
            items: [{ problem: problem('clock-skewed', detail) }],
          },
        }),
      },
    });
    expect(await failureOf(told.upload())).toMatchObject({ code: 'clock-skewed', message: detail });
    expect(told.puts).toHaveLength(1);
  });
});

describe('retries', () => {
  test.each([408, 409, 429, 500, 502, 503, 504])('a PUT answered %d is sent again', async (status) => {
    const { upload, puts } = uploaderOver({ puts: [{ kind: 'answer', status }] });
    await upload();
    expect(puts).toHaveLength(2);
  });

  test('wait longer and longer, with jitter, and at least as long as Retry-After says', async () => {
    const puts = [503, 503, 503].map((status, index) => ({
      kind: 'answer' as const,
      status,
      ...(index === 2 ? { retryAfter: '7' } : {}),
    }));
    const { upload, waits } = uploaderOver({ puts });
    await upload();
    expect(waits).toEqual([250, 500, 7000]);
  });

  test.each([
    [
      'the service',
      { answers: { '/v1/uploads': () => waitADay } },
      'rate-limited',
      'no Come back in 1440 minutes.',
    ],
    [
      'the store',
      { puts: [{ kind: 'answer', status: 503, retryAfter: '86400' }] },
      'store-refused',
      'The store refused the upload with status 503. Come back in 1440 minutes.',
    ],
  ] as const)('are none where %s asks for more time than they have', async (_, fake, code, message) => {
    const { upload, waits } = uploaderOver(fake);
    expect(await failureOf(upload())).toMatchObject({ code, message, retryAfterMs: 86_400_000 });
    expect(waits).toEqual([]);
  });

  test('end after two minutes, with what went wrong', async () => {
    const puts = Array.from({ length: 100 }, () => ({
      kind: 'answer' as const,
      status: 503,
      body: refusal('SlowDown', 'Reduce your request rate.'),
    }));
    const { upload, elapsedMs } = uploaderOver({ puts });
    const error = await failureOf(upload());
    expect(error.message).toBe(
      'The store refused the upload with status 503 (SlowDown: Reduce your request rate.).',
    );
    expect(elapsedMs()).toBeGreaterThan(90_000);
    expect(elapsedMs()).toBeLessThanOrEqual(125_000);
  });

  test('a service that is down is asked again; when it stays down the file fails within minutes', async () => {
    const { upload, elapsedMs, paths } = uploaderOver({
      answers: {
        '/v1/uploads': () => ({ status: 503, json: 'no', headers: { 'content-type': 'text/plain' } }),
      },
    });
    expect(await failureOf(upload())).toMatchObject({ code: 'network', status: 503 });
    expect(paths().length).toBeGreaterThan(4);
    expect(elapsedMs()).toBeLessThanOrEqual(125_000);
  });

  test.each([
    [401, 'unauthenticated', 'You are not signed in, or no longer. Sign in and try again.', 1],
    [403, 'network', 'The signing service answered with status 403.', 1],
    [429, 'rate-limited', 'The signing service answered with status 429.', 9],
  ])('a %d of whoever stands in front of the service is told as %s', async (status, code, message, least) => {
    const { upload, paths } = uploaderOver({
      answers: {
        '/v1/uploads': () => ({ status, json: 'no', headers: { 'content-type': 'text/html' } }),
      },
    });
    expect(await failureOf(upload())).toMatchObject({ code, message, status });
    expect(paths().length).toBeGreaterThanOrEqual(least);
  });

  test('a retryable problem of one file is asked again after its retryAfterMs', async () => {
    let asked = 0;
    const { upload, waits } = uploaderOver({
      answers: {
        '/v1/uploads/complete': () => ({
          json: {
            serverTime: '2026-11-24T12:00:00.000Z',
            items: [
              (asked += 1) === 1
                ? {
                    problem: {
                      ...problem('store-unavailable', 'The store cannot be reached.', true),
                      retryAfterMs: 4000,
                    },
                  }
                : { key: 'key', bytes: 5, etag: '"e"', receipt: 'r' },
            ],
          },
        }),
      },
    });
    await expect(upload()).resolves.toMatchObject({ key: 'key' });
    expect(waits).toEqual([4000]);
  });

  test('no progress for 30 seconds is a stall: the PUT is given up and sent again', async () => {
    let stalls = 0;
    const { upload, elapsedMs, puts } = uploaderOver({ puts: [{ kind: 'silence' }] });
    await upload({ onStalled: () => (stalls += 1) });
    expect([stalls, puts.length]).toEqual([1, 2]);
    expect(elapsedMs()).toBeGreaterThanOrEqual(30_000);
  });

  test('being offline is a pause of any length', async () => {
    const browser = uploaderOver({ puts: [{ kind: 'no-answer', sent: 'half' }] });
    browser.goOffline();
    const done = browser.upload();
    await expect.poll(() => browser.puts).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(browser.puts).toHaveLength(1);
    browser.goOnline();
    await expect(done).resolves.toMatchObject({ key: 'key' });
    expect(browser.puts).toHaveLength(2);
  });
});

describe('a PUT without an answer', () => {
  test('is not sent again when the store has it', async () => {
    const { upload, puts, paths } = uploaderOver({
      puts: [{ kind: 'no-answer', sent: 'all' }],
      answers: {
        '/v1/uploads/status': () => ({
          json: { serverTime: '2026-11-24T12:00:00.000Z', items: [{ status: 'completed', bytes: 5 }] },
        }),
      },
    });
    await upload();
    expect(puts).toHaveLength(1);
    expect(paths()).toEqual(['/v1/uploads', '/v1/uploads/status', '/v1/uploads/complete']);
  });

  test('that was refused as a second one (412) is a success when the object is our own', async () => {
    const { upload } = uploaderOver({ puts: [{ kind: 'answer', status: 412 }] });
    await expect(upload()).resolves.toMatchObject({ key: 'key' });
  });
});

describe('errors a person can act on', () => {
  test('a store that answers, but not to this page, names the CORS rule to add', async () => {
    const puts = [1, 2].map(() => ({ kind: 'no-answer', sent: 'nothing' }) as const);
    const { upload } = uploaderOver({ puts, isStoreThere: true });
    const error = await failureOf(upload());
    expect(error.code).toBe('cors');
    expect(error.message).toContain('AllowedOrigins ["https://page.example"], AllowedMethods ["PUT"]');
  });

  test.each([
    ['unauthenticated', 'You are not signed in, or no longer. Sign in and try again.'],
    ['forbidden', 'You are not allowed to upload here.'],
    ['file-too-large', 'The file is larger: at most 5 bytes.'],
  ])('the problem %s reads: %s', async (code, message) => {
    const { upload } = uploaderOver({
      answers: {
        '/v1/uploads': () => ({
          json: {
            serverTime: '2026-11-24T12:00:00.000Z',
            uploads: [{ ref: '0', problem: problem(code, 'The file is larger: at most 5 bytes.') }],
          },
        }),
      },
    });
    expect(await failureOf(upload())).toMatchObject({ code, message });
  });

  test('none holds a URL, a signature or an id', async () => {
    for (const puts of [
      [{ kind: 'answer', status: 403, body: refusal('SignatureDoesNotMatch', 'no') }],
      [1, 2].map(() => ({ kind: 'no-answer', sent: 'nothing' }) as const),
    ] as const) {
      const error = await failureOf(uploaderOver({ puts, isStoreThere: true }).upload());
      expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/X-Amz|secret|an-id|\?/);
    }
  });
});

describe('an upload that is given up', () => {
  test('rejects with the reason of its signal, and the service is told', async () => {
    const controller = new AbortController();
    const { upload, paths, puts } = uploaderOver({ puts: [{ kind: 'silence' }] });
    const done = upload({ signal: controller.signal });
    const reason = done.catch((error: unknown) => error);
    while (puts.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort(new Error('enough'));
    expect(await reason).toMatchObject({ message: 'enough' });
    await expect.poll(paths).toContain('/v1/uploads/abort');
  });

  test('while it waits for its turn never begins', async () => {
    const { uploader, calls } = uploaderOver({
      puts: Array.from({ length: 4 }, () => ({ kind: 'silence' }) as const),
    });
    const running = Array.from({ length: 4 }, () => uploader.upload(file));
    const controller = new AbortController();
    const waiting = uploader.upload(file, { signal: controller.signal }).catch((error: unknown) => error);
    controller.abort(new Error('enough'));
    expect(await waiting).toMatchObject({ message: 'enough' });
    await Promise.all(running);
    expect(
      calls.filter(({ path }) => path === '/v1/uploads').flatMap(({ body }) => body['files']),
    ).toHaveLength(4);
  });
});

describe('on a server', () => {
  const create = (endpoint = '') => createUploader({ endpoint, policy: 'files' });

  test('importing and constructing touch nothing of a browser', () => {
    expect(() => create()).not.toThrow();
    expect(typeof XMLHttpRequest).toBe('undefined');
  });

  test('an upload is refused before anything is asked, with where it runs and what to use', async () => {
    const asked: string[] = [];
    const uploader = createUploader({
      endpoint: 'http://127.0.0.1:9',
      policy: 'files',
      headers: () => {
        asked.push('headers');
        return {};
      },
    });
    expect(await failureOf(uploader.upload(file, { name: 'a.txt' }))).toMatchObject({
      code: 'invalid-configuration',
      retryable: false,
      message: expect.stringMatching(/runs in a browser.*On a server use @valetkey\/http-handler/),
    });
    expect(asked).toEqual([]);
  });

  test('limits wait for a service that is away, as long as they may', async () => {
    const signal = AbortSignal.timeout(50);
    await expect(create('http://127.0.0.1:9').limits({ signal })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  test('a diagnosis says the same', async () => {
    const { ok, checks } = await diagnose({ endpoint: 'http://127.0.0.1:9', policy: 'files' });
    expect(ok).toBe(false);
    expect(checks[0]).toMatchObject({
      check: 'service',
      detail: expect.stringContaining('runs in a browser'),
    });
  });
});
