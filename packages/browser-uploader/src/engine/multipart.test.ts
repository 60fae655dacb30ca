import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { fakeBrowser, type FakeOptions } from '../../test/fake-browser.ts';
import { loadSameBytes } from './on-demand.ts';
import { createUploader, type UploaderOptions, type UploadOptions } from './uploader.ts';

const refused = (status: number, code: string, message = '') =>
  ({
    kind: 'answer',
    status,
    body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  }) as const;
const expired = refused(403, 'AccessDenied', 'Request has expired');
const fileOf = (bytes: number) => new Blob([new Uint8Array(bytes)], { type: 'text/plain' });

function uploaderOver(fake: FakeOptions, options: Partial<UploaderOptions> = {}) {
  const browser = fakeBrowser({ partBytes: 10, ...fake });
  const { environment } = browser;
  const uploader = createUploader({
    endpoint: 'https://sign.example',
    policy: 'files',
    environment,
    ...options,
  });
  const upload = (bytes: number, choices: UploadOptions = {}) =>
    uploader.upload(fileOf(bytes), { name: 'a.bin', ...choices });
  const callsTo = (path: string) => browser.calls.filter((call) => call.path === path);
  const partsSent = () => browser.puts.map(({ partNumber = 0 }) => partNumber);
  return { ...browser, uploader, upload, callsTo, partsSent };
}

/** Looks at every turn: time in the fake browser passes as fast as it can. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
const silence = { kind: 'silence' } as const;

describe('parts', () => {
  test('every one is sent once, in its size, and named with its ETag at the end', async () => {
    const { upload, puts, callsTo, parts } = uploaderOver({});
    await expect(upload(95)).resolves.toMatchObject({ bytes: 95 });
    const sizes = puts.map(({ partNumber = 0, bytes }) => [partNumber, bytes] as const);
    expect(sizes.toSorted(([left], [right]) => left - right)).toEqual([
      ...Array.from({ length: 9 }, (_, index) => [index + 1, 10]),
      [10, 5],
    ]);
    const [{ body } = { body: {} }] = callsTo('/v1/uploads/complete');
    const named = [...parts].map(([partNumber, { etag }]) => ({ partNumber, etag }));
    expect(body).toMatchObject({
      items: [{ parts: named.sort((left, right) => left.partNumber - right.partNumber) }],
    });
  });

  test.each([
    [undefined, 4],
    [1, 1],
    [6, 6],
    [50, 6],
  ])('with concurrency %j, %d are in flight at most, over all files', async (concurrency, most) => {
    const { upload, mostAtOnce } = uploaderOver({ putMs: 100 }, { concurrency });
    await Promise.all([upload(300), upload(300), upload(5)]);
    expect(mostAtOnce()).toBe(most);
  });

  test('of two uploaders of a page as many are in flight as the wider of them wants', async () => {
    const { upload, environment, mostAtOnce } = uploaderOver({ putMs: 100 });
    const other = createUploader({
      endpoint: 'https://sign.example',
      policy: 'files',
      environment,
      concurrency: 5,
    });
    await Promise.all([upload(300), upload(300), other.upload(fileOf(300))]);
    expect(mostAtOnce()).toBe(5);
  });

  test('two files share the line evenly', async () => {
    const sent: number[] = [];
    const { uploader, puts } = uploaderOver({ putMs: 100 });
    const all = [200, 201].map((bytes) => uploader.upload(fileOf(bytes)));
    await until(() => puts.length >= 20);
    for (const { headers } of puts) sent.push(Object.keys(headers).length);
    await Promise.all(all);
    const firstTwenty = puts.slice(0, 20).map(({ partNumber }) => Number(partNumber));
    expect(Math.max(...firstTwenty)).toBeLessThanOrEqual(12);
  });

  test('of a thousand are signed with at most 25 calls', async () => {
    const { upload, callsTo, puts } = uploaderOver({ putMs: 100 });
    await upload(10_000);
    expect(puts).toHaveLength(1000);
    expect(callsTo('/v1/uploads/parts').length).toBeLessThanOrEqual(25);
  });

  test('of three thousand all arrive', async () => {
    const { upload, puts } = uploaderOver({});
    await expect(upload(30_000)).resolves.toMatchObject({ bytes: 30_000 });
    expect(puts).toHaveLength(3000);
  });

  test('never all get URLs that would be old before their use', async () => {
    const { uploader, callsTo } = uploaderOver({ putMs: 20_000, lifeMs: 100_000, partBytes: 2 ** 20 });
    await uploader.upload(fileOf(40 * 2 ** 20));
    const counts = callsTo('/v1/uploads/parts').map(
      ({ body }) => (body['items'] as { partNumbers: number[] }[])[0]?.partNumbers.length,
    );
    expect(Math.max(...counts.slice(2).map(Number))).toBeLessThanOrEqual(16);
  });

  test('that the service does not cut as the file is are refused', async () => {
    const { upload } = uploaderOver({
      answers: {
        '/v1/uploads': () => ({
          json: {
            serverTime: '2026-11-24T12:00:00.000Z',
            uploads: [
              {
                ref: '0',
                id: 'i',
                key: 'k',
                expiresAt: '',
                mode: 'multipart',
                partBytes: 10,
                partCount: 3,
                parts: [],
              },
            ],
          },
        }),
      },
    });
    await expect(upload(95)).rejects.toMatchObject({ code: 'size-mismatch' });
  });
});

describe('progress', () => {
  test('goes back by what was in flight at most, and never beyond the file', async () => {
    const seen: number[] = [];
    let failures = 0;
    const { upload } = uploaderOver({
      putScript: ({ partNumber }) =>
        (partNumber ?? 0) % 3 === 0 && (failures += 1) < 5 ? { kind: 'no-answer', sent: 'half' } : undefined,
    });
    await upload(95, { onProgress: (bytes) => seen.push(bytes) });
    const steps = seen.map((bytes, index) => bytes - (seen[index - 1] ?? 0));
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(-40);
    expect([Math.max(...seen), seen.at(-1)]).toEqual([95, 95]);
  });
});

describe('a part', () => {
  test('that fails is sent again alone', async () => {
    const { upload, partsSent } = uploaderOver({
      puts: [{ kind: 'answer', status: 500 }],
    });
    await upload(95);
    expect(partsSent().toSorted((left, right) => left - right)).toEqual([1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('that expires is signed anew and sent again', async () => {
    const { upload, callsTo, puts } = uploaderOver({ puts: [expired] });
    await upload(95);
    expect(callsTo('/v1/uploads/parts')).toHaveLength(1);
    expect(puts).toHaveLength(11);
  });

  test('that expires twice halves what is in flight; the third time fails as line-too-slow', async () => {
    let expiries = 0;
    const { upload, callsTo } = uploaderOver({
      putMs: 12_000,
      lifeMs: 11_000,
      putScript: ({ partNumber }) => (partNumber === 3 && (expiries += 1) > 0 ? expired : undefined),
    });
    await expect(upload(200)).rejects.toMatchObject({ code: 'line-too-slow' });
    expect(expiries).toBe(3);
    // Nobody can take it up again.
    await until(() => callsTo('/v1/uploads/abort').length === 1);
  });

  test.each([
    ['is not sent again when the store has it', 10, 10],
    ['is sent again when the store lists it and has less of it', 6, 11],
  ])('whose answer was lost %s', async (_, bytesThere, sent) => {
    const etag = `"${createHash('md5').update(new Uint8Array(bytesThere)).digest('hex')}"`;
    const { upload, callsTo, partsSent, parts } = uploaderOver({
      puts: [{ kind: 'no-answer', sent: 'all' }],
      onCall: (path) => {
        if (path === '/v1/uploads/status') parts.set(1, { bytes: 10, etag });
      },
    });
    await upload(95);
    expect(callsTo('/v1/uploads/status')).toHaveLength(1);
    expect(partsSent()).toHaveLength(sent);
  });

  test('that is compared after its answer was lost holds up no failure of another', async () => {
    let compared = 0;
    const nothing = () => undefined;
    // There already, so that it is compared long before the last part's turn.
    await loadSameBytes();
    const { upload, parts } = uploaderOver({
      putMs: 1000,
      putScript: ({ partNumber }) => {
        if (partNumber === 200) return refused(403, 'AccessDenied');
        return partNumber === 1 ? { kind: 'no-answer', sent: 'all' } : undefined;
      },
      startWorker: () => {
        compared += 1;
        return { addEventListener: nothing, postMessage: nothing, terminate: nothing } as unknown as Worker;
      },
      onCall: (path) => {
        const etag = `"${'0'.repeat(32)}"`;
        if (path === '/v1/uploads/status') parts.set(1, { bytes: 10, etag });
      },
    });
    await expect(upload(2000)).rejects.toMatchObject({ code: 'store-refused' });
    expect(compared).toBe(1);
  });

  test('that stalls is given up after 30 seconds and sent again, with word of it', async () => {
    let stalls = 0;
    const { upload, partsSent, elapsedMs } = uploaderOver({ puts: [silence] });
    await upload(95, { onStalled: () => (stalls += 1) });
    expect([stalls, partsSent().length]).toEqual([1, 11]);
    expect(elapsedMs()).toBeGreaterThanOrEqual(30_000);
  });

  test('that fails for good fails the file, and what was sent is taken away', async () => {
    const { upload, callsTo } = uploaderOver({
      putScript: ({ partNumber }) => (partNumber === 2 ? refused(403, 'SignatureDoesNotMatch') : undefined),
    });
    await expect(upload(95)).rejects.toMatchObject({ code: 'store-refused', status: 403 });
    await until(() => callsTo('/v1/uploads/abort').length === 1);
  });

  test('of an upload that the store has lost makes the file begin afresh, once', async () => {
    let isLost = true;
    const { upload, callsTo, parts } = uploaderOver({
      putScript: ({ partNumber }) => {
        if (partNumber !== 2 || !isLost) return undefined;
        isLost = false;
        parts.clear();
        return refused(404, 'NoSuchUpload');
      },
    });
    await expect(upload(95)).resolves.toMatchObject({ bytes: 95 });
    expect(callsTo('/v1/uploads')).toHaveLength(2);
  });
});

describe('the end', () => {
  test('where the page sees no ETags, sizes are compared before it', async () => {
    const { upload, callsTo, parts, partsSent } = uploaderOver({
      hasEtags: false,
      putScript: ({ partNumber }) => {
        // What the store kept of it is not what was sent.
        if (partNumber === 10) queueMicrotask(() => setTimeout(() => corruptOnce(), 0));
        return undefined;
      },
    });
    let isCorrupt = false;
    const corruptOnce = () => {
      if (isCorrupt) return;
      isCorrupt = true;
      parts.set(4, { bytes: 3, etag: '"short"' });
    };
    await expect(upload(95)).resolves.toMatchObject({ bytes: 95 });
    expect(partsSent().filter((partNumber) => partNumber === 4)).toHaveLength(2);
    expect(callsTo('/v1/uploads/status').length).toBeGreaterThanOrEqual(1);
  });

  test('a part that the store no longer has as it was sent is sent again', async () => {
    const { upload, parts, partsSent, calls } = uploaderOver({
      putScript: () => {
        if (parts.size === 9) parts.set(1, { bytes: 7, etag: '"other"' });
        return undefined;
      },
    });
    await expect(upload(95)).resolves.toMatchObject({ bytes: 95 });
    expect(partsSent().filter((partNumber) => partNumber === 1).length).toBeGreaterThanOrEqual(1);
    expect(calls.at(-1)?.path).toBe('/v1/uploads/complete');
  });

  test('an object of another size is no success', async () => {
    const { upload } = uploaderOver({
      answers: {
        '/v1/uploads/complete': () => ({
          json: {
            serverTime: '2026-11-24T12:00:00.000Z',
            items: [{ key: 'key', bytes: 94, etag: '"e"', receipt: 'r' }],
          },
        }),
      },
    });
    await expect(upload(95)).rejects.toMatchObject({ code: 'size-mismatch' });
  });
});

describe('a file that changes while it is sent', () => {
  const changing = (name: string) => {
    const file = new File([new Uint8Array(95)], 'a.bin');
    const refuse = async () => {
      throw new DOMException('The file could not be read.', name);
    };
    return { file, change: () => Object.defineProperty(file, 'arrayBuffer', { value: refuse }) };
  };

  test.each(['NotReadableError', 'NotFoundError'])('is said to have changed (%s)', async (name) => {
    const { file, change } = changing(name);
    const { uploader } = uploaderOver({
      putScript: ({ partNumber }) =>
        partNumber === 5 && change() ? { kind: 'no-answer', sent: 'nothing' } : undefined,
    });
    await expect(uploader.upload(file)).rejects.toMatchObject({ code: 'file-changed' });
  });

  test('is not completed when it changed after its last part', async () => {
    const { file, change } = changing('NotReadableError');
    const { uploader, callsTo } = uploaderOver({
      putScript: ({ partNumber }) => {
        if (partNumber === 10) change();
        return undefined;
      },
    });
    await expect(uploader.upload(file)).rejects.toMatchObject({ code: 'file-changed' });
    expect(callsTo('/v1/uploads/complete')).toEqual([]);
  });
});

describe('pause', () => {
  test('gives the line to other files; what arrived is not sent again', async () => {
    const paused = Promise.withResolvers<number>();
    let isHeld = true;
    const { uploader, puts, partsSent } = uploaderOver({
      putScript: ({ partNumber = 0 }) => {
        if (!isHeld || partNumber <= 2) return undefined;
        if (partNumber === 6) {
          upload.pause();
          upload.pause();
          isHeld = false;
          paused.resolve(puts.length);
        }
        return silence;
      },
    });
    const upload = uploader.upload(fileOf(95));
    const before = await paused.promise;
    await expect(uploader.upload(fileOf(5))).resolves.toMatchObject({ bytes: 5 });
    expect(puts).toHaveLength(before + 1);
    upload.resume();
    upload.resume();
    await expect(upload).resolves.toMatchObject({ bytes: 95 });
    const counts = [1, 2].map((number) => partsSent().filter((sent) => sent === number).length);
    expect(counts).toEqual([1, 1]);
  });

  test('before the beginning was answered leaves one upload, which goes on', async () => {
    const { uploader, callsTo, puts } = uploaderOver({});
    const upload = uploader.upload(fileOf(95));
    upload.pause();
    await until(() => callsTo('/v1/uploads').length === 1);
    expect(puts).toEqual([]);
    upload.resume();
    await expect(upload).resolves.toMatchObject({ bytes: 95 });
    expect(callsTo('/v1/uploads')).toHaveLength(1);
  });

  test('of more files than may be ahead lets the others by', async () => {
    const { uploader } = uploaderOver({}, { concurrency: 2 });
    const paused = Array.from({ length: 8 }, () => {
      const upload = uploader.upload(fileOf(95));
      upload.pause();
      return upload;
    });
    await expect(uploader.upload(fileOf(5))).resolves.toMatchObject({ bytes: 5 });
    for (const upload of paused) upload.resume();
    await expect(Promise.all(paused)).resolves.toHaveLength(8);
  });
});

describe('cancel', () => {
  test('while it is being begun gives up what was begun', async () => {
    const controller = new AbortController();
    const { upload, callsTo, puts } = uploaderOver({ onCall: () => controller.abort(new Error('enough')) });
    await expect(upload(95, { signal: controller.signal })).rejects.toThrow('enough');
    await until(() => callsTo('/v1/uploads/abort').length === 1);
    expect(puts).toEqual([]);
  });

  test('of a file that was begun and waits for its turn gives it up', async () => {
    const controller = new AbortController();
    const { uploader, callsTo } = uploaderOver(
      {
        putScript: () => {
          controller.abort(new Error('enough'));
          return undefined;
        },
      },
      { concurrency: 1 },
    );
    const first = uploader.upload(fileOf(5));
    const second = uploader.upload(fileOf(10), { signal: controller.signal });
    const third = uploader.upload(fileOf(95), { signal: controller.signal });
    const ends = await Promise.allSettled([first, second, third]);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    const begun = callsTo('/v1/uploads').flatMap(({ body }) => body['files'] as unknown[]).length;
    await until(() => callsTo('/v1/uploads/abort').flatMap(({ body }) => body['items']).length === begun - 1);
  });

  test('of a paused file ends it', async () => {
    const controller = new AbortController();
    const { upload, callsTo } = uploaderOver({
      putScript: ({ partNumber }) => {
        if (partNumber === 4) {
          paused.pause();
          queueMicrotask(() => controller.abort(new Error('enough')));
        }
        return silence;
      },
    });
    const paused = upload(95, { signal: controller.signal });
    await expect(paused).rejects.toThrow('enough');
    await until(() => callsTo('/v1/uploads/abort').length === 1);
  });
});

describe('many small files', () => {
  test('a thousand take at most 30 calls', async () => {
    const { uploader, calls } = uploaderOver({ putMs: 20, partBytes: 2 ** 20 });
    const file = fileOf(100);
    await Promise.all(Array.from({ length: 1000 }, () => uploader.upload(file)));
    expect(calls.length).toBeLessThanOrEqual(30);
  });
});

describe('offline', () => {
  test('is a pause; what was in flight is sent again within two seconds of coming back', async () => {
    const { upload, puts, goOffline, goOnline, elapsedMs, partsSent } = uploaderOver({
      putScript: ({ partNumber }) => (partNumber === 3 && partsSent().length < 5 ? silence : undefined),
    });
    const done = upload(95);
    goOffline();
    await until(() => elapsedMs() >= 30_000);
    const before = puts.length;
    const offlineMs = elapsedMs();
    goOnline();
    await expect(done).resolves.toMatchObject({ bytes: 95 });
    expect(elapsedMs() - offlineMs).toBeLessThanOrEqual(2000);
    expect(puts.length - before).toBeLessThanOrEqual(4);
  });

  test('ends a wait for another try', async () => {
    const { upload, goOnline, waits, elapsedMs } = uploaderOver({
      random: 0.999,
      putScript: ({ partNumber }) =>
        partNumber === 3 && waits.length < 5 ? { kind: 'answer', status: 500 } : undefined,
    });
    const done = upload(95);
    await until(() => waits.length >= 1);
    goOnline();
    await done;
    expect(elapsedMs()).toBeLessThanOrEqual(30_000);
  });
});
