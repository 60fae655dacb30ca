import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { fakeBrowser, type FakeOptions } from '../../test/fake-browser.ts';
import type { Checksum } from './integrity/checksum.ts';
import type { ResumableUpload, ResumeStore, TakenUpload } from './resume/resume-store.ts';
import { createUploader } from './uploader.ts';

const file = new File([new Uint8Array(95)], 'a.bin', { type: 'text/plain', lastModified: 1 });
const known: ResumableUpload = {
  id: 'earlier',
  nonce: 'earlier-nonce',
  name: 'a.bin',
  type: 'text/plain',
  bytes: 95,
  key: 'key',
  partBytes: 10,
  expiresAt: '2030-01-01T00:00:00Z',
};
const serverTime = '2026-11-24T12:00:00.000Z';
const answering = (item: object) => () => ({ json: { serverTime, items: [item] } });
const problemOf = (code: string, status: number, retryable = false) => ({
  problem: { type: '', title: '', status, detail: 'no', code, retryable, requestId: 'r' },
});
const refusing = (code: string, status: number) => answering(problemOf(code, status));
const refusingToBegin = () => ({
  json: { serverTime, uploads: [{ ref: '0', ...problemOf('forbidden', 403) }] },
});
/** MD5 of ten bytes of 0. */
const md5 = 'a63c90cc3684ad8b0a2176a6a8fe9005';
const listed = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ partNumber: index + 1, bytes: 10, etag: `"${md5}"` }));
const etagOfParts = (() => {
  const sums = Array.from({ length: 10 }, (_, index) =>
    createHash('md5')
      .update(new Uint8Array(index === 9 ? 5 : 10))
      .digest(),
  );
  return `${createHash('md5').update(Buffer.concat(sums)).digest('hex')}-10`;
})();

function memoryStore(entry?: TakenUpload) {
  const entries = new Map(entry === undefined ? [] : [['print', entry]]);
  const store: ResumeStore = {
    fingerprint: async () => 'print',
    get: async (print) => entries.get(print),
    put: async (print, upload) => void entries.set(print, upload),
    delete: async (print) => void entries.delete(print),
  };
  return { entries, store };
}

function resuming(entry: TakenUpload | undefined, fake: FakeOptions, checksum?: Checksum) {
  const { entries, store } = memoryStore(entry);
  const browser = fakeBrowser({ partBytes: 10, ...fake });
  const { environment } = browser;
  const uploader = createUploader({
    endpoint: 'https://sign.example',
    policy: 'files',
    environment,
    resume: store,
    checksum,
  });
  const callsTo = (path: string) => browser.calls.filter((call) => call.path === path);
  const partsSent = () => browser.puts.map(({ partNumber = 0 }) => partNumber).toSorted((a, b) => a - b);
  return { ...browser, uploader, entries, callsTo, partsSent };
}

/** Calls that nobody waited for went out before those of another file. */
async function othersAreDone({ environment, calls }: ReturnType<typeof resuming>): Promise<void> {
  const before = calls.length;
  const uploader = createUploader({ endpoint: 'https://sign.example', policy: 'files', environment });
  await Promise.allSettled([uploader.upload(new Blob(['later']))]);
  expect(calls.length).toBeGreaterThan(before);
}

describe('an upload of before', () => {
  test('goes on with the parts that are missing or have another size', async () => {
    const parts = [
      ...listed(8).filter(({ partNumber }) => partNumber !== 4),
      { partNumber: 9, bytes: 3, etag: '"x"' },
    ];
    const {
      uploader,
      parts: stored,
      partsSent,
      callsTo,
      entries,
    } = resuming(known, {
      answers: { '/v1/uploads/status': answering({ status: 'open', bytes: 95, partBytes: 10, parts }) },
    });
    for (const { partNumber, bytes, etag } of parts) stored.set(partNumber, { bytes, etag });
    const seen: number[] = [];
    const result = await uploader.upload(file, { onProgress: (bytes) => seen.push(bytes) });
    expect(result.key).toBe('key');
    expect(partsSent()).toEqual([4, 9, 10]);
    expect(callsTo('/v1/uploads')).toEqual([]);
    expect(seen).toContain(70);
    expect(entries.size).toBe(0);
  });

  test('shows how far it is while its parts are still compared', async () => {
    const parts = listed(9);
    let sums = 0;
    const seenAt: number[] = [];
    const { uploader, parts: stored } = resuming(known, {
      onSum: () => (sums += 1),
      answers: { '/v1/uploads/status': answering({ status: 'open', bytes: 95, partBytes: 10, parts }) },
    });
    for (const part of parts) stored.set(part.partNumber, part);
    await uploader.upload(file, { onProgress: (bytes) => bytes <= 90 && seenAt.push(sums) });
    expect(Math.min(...seenAt)).toBeLessThan(sums);
  });

  test.each([
    ['of another content', `"${'0'.repeat(32)}"`],
    ['of no MD5', '"opaque"'],
    ['of several pieces', `"${md5}-2"`],
  ])('sends a part again whose ETag is one %s', async (_, etag) => {
    const { uploader, parts, partsSent } = resuming(known, {
      answers: {
        '/v1/uploads/status': answering({
          status: 'open',
          bytes: 95,
          partBytes: 10,
          parts: listed(3).map((part) => (part.partNumber === 2 ? { ...part, etag } : part)),
        }),
      },
    });
    for (const part of listed(3)) parts.set(part.partNumber, part);
    await uploader.upload(file);
    expect(partsSent()).toEqual([2, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('sends every part again where no Worker starts to compare them, and asks for one once', async () => {
    let started = 0;
    const { uploader, parts, partsSent } = resuming(known, {
      startWorker: () => {
        started += 1;
        throw new Error('refused');
      },
      answers: {
        '/v1/uploads/status': answering({ status: 'open', bytes: 95, partBytes: 10, parts: listed(3) }),
      },
    });
    for (const part of listed(3)) parts.set(part.partNumber, part);
    await uploader.upload(file);
    expect(partsSent()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(started).toBe(1);
  });

  test('does not take a part of before for one whose answer was lost', async () => {
    const before = { partNumber: 2, bytes: 10, etag: '"of-before"' };
    let lost = 0;
    const { uploader, parts, partsSent } = resuming(known, {
      answers: {
        '/v1/uploads/status': answering({ status: 'open', bytes: 95, partBytes: 10, parts: [before] }),
      },
      putScript: ({ partNumber }) =>
        partNumber === 2 && (lost += 1) === 1 ? { kind: 'no-answer', sent: 'all' } : undefined,
    });
    parts.set(2, before);
    await uploader.upload(file);
    expect(partsSent().filter((number) => number === 2)).toHaveLength(2);
  });

  test.each([
    ['in parts', { partBytes: 10 }, etagOfParts],
    ['in one piece', {}, createHash('md5').update(new Uint8Array(95)).digest('hex')],
  ])('that is complete already, %s, is only verified', async (_, cut, etag) => {
    const { uploader, calls, puts } = resuming(known, {
      answers: {
        '/v1/uploads/status': answering({ status: 'completed', bytes: 95, ...cut }),
        '/v1/uploads/complete': answering({ key: 'key', bytes: 95, etag: `"${etag}"`, receipt: 'r' }),
      },
    });
    await expect(uploader.upload(file)).resolves.toMatchObject({ bytes: 95 });
    expect(puts).toEqual([]);
    expect(calls.map(({ path }) => path)).toEqual(['/v1/uploads/status', '/v1/uploads/complete']);
  });

  test.each([
    ['another content', 'f'.repeat(32)],
    ['an ETag that shows nothing', 'opaque'],
    ['another number of parts', etagOfParts.replace('-10', '-9')],
  ])('that is complete with %s is begun afresh', async (_, etag) => {
    let completions = 0;
    const { uploader, callsTo, partsSent } = resuming(known, {
      answers: {
        '/v1/uploads/status': answering({ status: 'completed', bytes: 95, partBytes: 10 }),
        '/v1/uploads/complete': () =>
          answering({ key: `key${(completions += 1)}`, bytes: 95, etag: `"${etag}"`, receipt: 'r' })(),
      },
    });
    await expect(uploader.upload(file)).resolves.toMatchObject({ key: 'key2' });
    expect(callsTo('/v1/uploads')).toHaveLength(1);
    expect(partsSent()).toHaveLength(10);
  });

  test.each([
    ['forbidden', refusing('forbidden', 403)],
    ['not found', refusing('upload-not-found', 404)],
    ['gone', refusing('upload-expired', 410)],
    ['expired', answering({ status: 'expired', bytes: 95, partBytes: 10 })],
    ['aborted', answering({ status: 'aborted', bytes: 95, partBytes: 10 })],
    ['superseded', answering({ status: 'superseded', bytes: 95, partBytes: 10 })],
    ['of another size', answering({ status: 'open', bytes: 94, partBytes: 10, parts: [] })],
    ['cut otherwise', answering({ status: 'open', bytes: 95, partBytes: 20, parts: listed(2) })],
  ])('that is %s is begun afresh', async (_, status) => {
    const { uploader, callsTo, partsSent } = resuming(known, { answers: { '/v1/uploads/status': status } });
    await expect(uploader.upload(file)).resolves.toMatchObject({ bytes: 95 });
    expect(callsTo('/v1/uploads')).toHaveLength(1);
    expect(partsSent()).toHaveLength(10);
  });

  test('that is one PUT, which may still arrive, is begun afresh', async () => {
    const { partBytes: _, ...whole } = known;
    const { uploader, callsTo, puts } = resuming(whole, {
      partBytes: 1000,
      answers: { '/v1/uploads/status': answering({ status: 'open', bytes: 95 }) },
    });
    await expect(uploader.upload(file)).resolves.toMatchObject({ bytes: 95 });
    expect(callsTo('/v1/uploads')).toHaveLength(1);
    expect(callsTo('/v1/uploads/complete').flatMap(({ body }) => body['items'])).toMatchObject([
      { id: 'an-id-1' },
    ]);
    expect(puts).toHaveLength(1);
  });

  test.each([
    ['name', { name: 'b.bin' }],
    ['type', { type: 'image/png' }],
    ['size', { bytes: 94 }],
    ['metadata', { metadata: { caption: 'A' } }],
    ['checksum', { algorithm: 'SHA256' as const }],
  ])('with another %s is not this one', async (_, other) => {
    const { uploader, callsTo } = resuming({ ...known, ...other }, {});
    await expect(uploader.upload(file)).resolves.toMatchObject({ bytes: 95 });
    expect(callsTo('/v1/uploads/status')).toEqual([]);
    expect(callsTo('/v1/uploads')).toHaveLength(1);
  });

  test('whose stored parts have another checksum than the file sends those again', async () => {
    const checksum: Checksum = { algorithm: 'CRC32C', digest: async () => 'mine' };
    const parts = listed(3).map((part, index) => ({
      ...part,
      checksum: { algorithm: 'CRC32C', value: index === 1 ? 'other' : 'mine' },
    }));
    const {
      uploader,
      parts: stored,
      partsSent,
    } = resuming(
      { ...known, algorithm: 'CRC32C' },
      { answers: { '/v1/uploads/status': answering({ status: 'open', bytes: 95, partBytes: 10, parts }) } },
      checksum,
    );
    for (const { partNumber, bytes, etag } of parts) stored.set(partNumber, { bytes, etag });
    await uploader.upload(file);
    expect(partsSent()).toEqual([2, 4, 5, 6, 7, 8, 9, 10]);
  });
});

describe('an upload of before that no other page can be at', () => {
  const taken = { ...known, isExclusive: true };
  const open = { status: 'open', bytes: 95, partBytes: 10, parts: listed(2) };
  const abortsOf = ({ callsTo }: ReturnType<typeof resuming>) =>
    callsTo('/v1/uploads/abort').flatMap(({ body }) => body['items']);

  test.each([
    ['is cut otherwise', taken, answering({ ...open, partBytes: 20 })],
    ['has another size', taken, answering({ ...open, bytes: 94 })],
    ['is forbidden now', taken, refusing('forbidden', 403)],
    ['has another name', { ...taken, name: 'b.bin' }, answering(open)],
    ['has another checksum', { ...taken, algorithm: 'SHA256' as const }, answering(open)],
  ])('and %s is given up in the store', async (_, entry, status) => {
    const page = resuming(entry, { answers: { '/v1/uploads/status': status } });
    await expect(page.uploader.upload(file)).resolves.toMatchObject({ bytes: 95 });
    await expect.poll(() => abortsOf(page)).toEqual([{ id: 'earlier' }]);
  });

  test('and that its policy refuses for good is given up too', async () => {
    const page = resuming(taken, { answers: { '/v1/uploads/status': refusing('file-too-large', 403) } });
    await expect(page.uploader.upload(file)).rejects.toMatchObject({ code: 'file-too-large' });
    await expect.poll(() => abortsOf(page)).toEqual([{ id: 'earlier' }]);
    expect(page.entries.size).toBe(0);
  });

  test.each<[string, TakenUpload, NonNullable<FakeOptions['answers']>]>([
    [
      'that the service cannot look at now',
      taken,
      { '/v1/uploads/status': answering(problemOf('store-unavailable', 503, true)) },
    ],
    [
      'that the service fails at for a reason of its own',
      taken,
      { '/v1/uploads/status': refusing('signing-failed', 500) },
    ],
    [
      'whose file is refused under its new name',
      { ...taken, name: 'b.bin' },
      { '/v1/uploads': refusingToBegin },
    ],
  ])('and %s can go on later', async (_, entry, answers) => {
    const page = resuming(entry, { answers });
    await expect(page.uploader.upload(file)).rejects.toMatchObject({ name: 'UploadError' });
    await othersAreDone(page);
    expect(page.entries.get('print')).toMatchObject({ id: 'earlier' });
    expect(abortsOf(page)).toEqual([]);
  });

  test('and that is one PUT leaves nothing that would have to be given up', async () => {
    const { partBytes: _, ...whole } = taken;
    const page = resuming(whole, {
      partBytes: 1000,
      answers: { '/v1/uploads/status': answering({ status: 'open', bytes: 95 }) },
    });
    await page.uploader.upload(file);
    await othersAreDone(page);
    expect(abortsOf(page)).toEqual([]);
  });
});

test('an upload of before that another page may be at is left alone', async () => {
  const page = resuming({ ...known, name: 'b.bin' }, {});
  await page.uploader.upload(file);
  await othersAreDone(page);
  expect(page.callsTo('/v1/uploads/abort')).toEqual([]);
});

describe('an upload that fails', () => {
  const storm = () => ({ kind: 'answer', status: 503 }) as const;

  test('for now is remembered, and nothing of it is taken away', async () => {
    const { uploader, entries, callsTo } = resuming(undefined, { putScript: storm });
    await expect(uploader.upload(file)).rejects.toMatchObject({ code: 'store-refused' });
    expect(entries.get('print')).toMatchObject({ id: 'an-id-1', name: 'a.bin', bytes: 95, partBytes: 10 });
    expect(callsTo('/v1/uploads/abort')).toEqual([]);
  });

  test('by a failure of the service is remembered, and nothing of it is taken away', async () => {
    const { uploader, entries, callsTo } = resuming(undefined, {
      answers: { '/v1/uploads/complete': refusing('signing-failed', 500) },
    });
    await expect(uploader.upload(file)).rejects.toMatchObject({ code: 'signing-failed' });
    expect(entries.get('print')).toMatchObject({ id: 'an-id-1' });
    expect(callsTo('/v1/uploads/abort')).toEqual([]);
  });

  test('for good is forgotten', async () => {
    const { uploader, entries } = resuming(undefined, {
      answers: { '/v1/uploads/complete': refusing('superseded', 409) },
    });
    await expect(uploader.upload(file)).rejects.toMatchObject({ code: 'superseded' });
    expect(entries.size).toBe(0);
  });

  test('on being cancelled is forgotten', async () => {
    const controller = new AbortController();
    const { uploader, entries } = resuming(undefined, {
      putScript: () => {
        queueMicrotask(() => controller.abort(new Error('enough')));
        return { kind: 'silence' };
      },
    });
    await expect(uploader.upload(file, { signal: controller.signal })).rejects.toThrow('enough');
    await expect.poll(() => entries.size).toBe(0);
  });
});

test.each(['fingerprint', 'get', 'put', 'delete'] as const)(
  'a store of memories whose %s fails costs no upload',
  async (method) => {
    const { environment } = fakeBrowser({ partBytes: 10 });
    const broken = async () => {
      throw new Error('no room');
    };
    const resume = { ...memoryStore().store, [method]: broken };
    const uploader = createUploader({
      endpoint: 'https://sign.example',
      policy: 'files',
      environment,
      resume,
    });
    await expect(uploader.upload(file)).resolves.toMatchObject({ bytes: 95 });
  },
);

test('of two uploads of one file at the same time one is remembered, and both arrive', async () => {
  const { uploader, entries, callsTo } = resuming(undefined, { partBytes: 1000 });
  await Promise.all([uploader.upload(file), uploader.upload(file)]);
  expect(entries.size).toBe(0);
  expect(callsTo('/v1/uploads').flatMap(({ body }) => body['files'])).toHaveLength(2);
});

test('of two uploaders with one store, one takes an upload of before, and the other leaves it alone', async () => {
  const { store, entries } = memoryStore({ ...known, isExclusive: true });
  const parts = listed(3);
  const browser = fakeBrowser({
    partBytes: 10,
    answers: { '/v1/uploads/status': answering({ status: 'open', bytes: 95, partBytes: 10, parts }) },
  });
  for (const part of parts) browser.parts.set(part.partNumber, part);
  const options = { endpoint: 'https://sign.example', policy: 'files', resume: store };
  const uploaders = [1, 2].map(() => createUploader({ ...options, environment: browser.environment }));
  await Promise.all(
    uploaders.map((uploader, index) => uploader.upload(file, { name: index === 0 ? 'a.bin' : 'b.bin' })),
  );
  const calls = browser.calls.map(({ path }) => path);
  expect(calls.filter((path) => path === '/v1/uploads')).toHaveLength(1);
  expect(calls).not.toContain('/v1/uploads/abort');
  expect(entries.size).toBe(0);
});
