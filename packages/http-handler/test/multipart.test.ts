import { createHash, randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { verifyReceipt } from '../src/index.ts';
import { ask, begin, big, bytes, content, partBytes, send, sha256, storeOf } from './multipart-under-test.ts';
import { follow, secret, serviceOver, serviceUnderTest, type Json } from './service-under-test.ts';

const named = { ...big, name: 'named', keys: ['named/{name}'] };
const once = { ...named, name: 'once', upload: { ...big.upload, overwrite: false } };

function sha256Base64(of: Uint8Array): string {
  return createHash('sha256').update(of).digest('base64');
}

describe.each(['seaweedfs', 'versitygw'] as const)('on %s', (engine) => {
  test('a file above the threshold goes up in parts, and the receipt says what the store holds', async () => {
    const under = await serviceUnderTest([big], { engine });
    const upload = await begin(under, { metadata: { caption: 'Grüße' } });
    expect(upload).toMatchObject({ mode: 'multipart', partBytes, partCount: 3 });
    expect(upload.parts.map((part: Json) => [part.partNumber, part.bytes])).toEqual([
      [1, partBytes],
      [2, partBytes],
      [3, 1000],
    ]);
    expect(await ask(under, 'status', { id: upload.id })).toEqual({
      status: 'open',
      bytes,
      partBytes,
      parts: [],
    });

    const etags = await send(upload.parts);
    const status = await ask(under, 'status', { id: upload.id });
    expect(status.parts.map((part: Json) => [part.partNumber, part.bytes])).toEqual([
      [1, partBytes],
      [2, partBytes],
      [3, 1000],
    ]);
    const parts = etags.map((etag, index) => ({ partNumber: index + 1, etag }));
    const done = await ask(under, 'complete', { id: upload.id, parts });
    expect(done).toMatchObject({ key: upload.key, bytes });
    expect(await storeOf(under).sha256(upload.key)).toBe(sha256(content));
    await expect(verifyReceipt(done.receipt, { secrets: [secret] })).resolves.toMatchObject({
      key: upload.key,
      bytes,
      type: 'application/zip',
      etag: done.etag,
    });
    // Again, without the parts: the same answer.
    expect(await ask(under, 'complete', { id: upload.id })).toEqual(done);
    expect(await ask(under, 'status', { id: upload.id })).toEqual({ status: 'completed', bytes, partBytes });
    expect(await ask(under, 'abort', { id: upload.id })).toEqual({ aborted: true });
    expect(await storeOf(under).sha256(upload.key)).toBe(sha256(content));
    expect(await storeOf(under).openUploads('')).toEqual([]);
  });

  test('a part is signed anew without the store, and sent again it replaces the first', async () => {
    const under = await serviceUnderTest([big], { engine });
    const upload = await begin(under);
    await send(upload.parts, randomBytes(bytes));
    const { parts } = await ask(under, 'parts', { id: upload.id, partNumbers: [3, 1, 2] });
    expect(parts.map(({ partNumber }: Json) => partNumber)).toEqual([3, 1, 2]);
    const etags = await send(parts);
    const named = [3, 1, 2].map((partNumber, index) => ({ partNumber, etag: etags[index] }));
    // A store that keeps both cannot tell which of them came later: nothing is guessed.
    const unnamed = await ask(under, 'complete', { id: upload.id });
    if (unnamed.problem) expect(unnamed.problem.code).toBe('checksum-mismatch');
    expect(await ask(under, 'complete', { id: upload.id, parts: named })).toMatchObject({ bytes });
    expect(await storeOf(under).sha256(upload.key)).toBe(sha256(content));
  });

  test('complete with a part missing names it, and goes on when it is there', async () => {
    const under = await serviceUnderTest([big], { engine });
    const upload = await begin(under);
    const [first, second, third] = upload.parts;
    await send([first, third]);
    expect((await ask(under, 'complete', { id: upload.id })).problem).toMatchObject({
      code: 'size-mismatch',
      detail: expect.stringMatching(/part 2 of 3: expected 5242880 bytes, got no such part/),
    });
    await send([second]);
    const parts = [{ partNumber: 2, etag: '"00000000000000000000000000000000"' }];
    expect((await ask(under, 'complete', { id: upload.id, parts })).problem).toMatchObject({
      code: 'checksum-mismatch',
      detail: expect.stringMatching(/part 2.*Send the part again/),
    });
    expect(await ask(under, 'complete', { id: upload.id })).toMatchObject({ bytes });
  });

  test('an upload that is given up is gone from the store, however often', async () => {
    const under = await serviceUnderTest([big], { engine });
    const upload = await begin(under);
    await send(upload.parts);
    for (let time = 0; time < 2; time += 1) {
      expect(await ask(under, 'abort', { id: upload.id })).toEqual({ aborted: true });
      expect(await storeOf(under).openUploads('')).toEqual([]);
    }
    expect(await ask(under, 'status', { id: upload.id })).toEqual({ status: 'aborted', bytes, partBytes });
    expect((await ask(under, 'complete', { id: upload.id })).problem.code).toBe('upload-not-found');
    expect(await storeOf(under).sha256(upload.key)).toBe(404);
    expect((await follow(upload.parts[2], content.subarray(0, 1000))).status).toBe(404);
  });

  test('two users with the same names and nonces, interleaved, never mix', async () => {
    const under = await serviceUnderTest([big], { engine });
    const people = ['ann', 'bob'].map((who) => ({ who, from: randomBytes(bytes) }));
    const uploads = await Promise.all(
      Array.from({ length: 3 }, (_, index) =>
        people.map(async ({ who, from }) => {
          const upload = await begin(under, { nonce: `nonce-nonce-${index}` }, who);
          return { who, from, upload };
        }),
      ).flat(),
    );
    expect(new Set(uploads.map(({ upload }) => upload.key)).size).toBe(6);
    for (const partNumber of [1, 2, 3]) {
      await Promise.all(uploads.map(({ upload, from }) => send([upload.parts[partNumber - 1]], from)));
    }
    await Promise.all(
      uploads.map(async ({ who, from, upload }) => {
        const other = who === 'ann' ? 'bob' : 'ann';
        expect((await ask(under, 'complete', { id: upload.id }, other)).problem.code).toBe('forbidden');
        expect(await ask(under, 'complete', { id: upload.id }, who)).toMatchObject({
          key: upload.key,
          bytes,
        });
        expect(await storeOf(under).sha256(upload.key)).toBe(sha256(from));
      }),
    );
  });

  test('a replay takes up the upload that was begun; without `retry` its double is cleared away', async () => {
    const under = await serviceUnderTest([big], { engine });
    const first = await begin(under);
    await send(first.parts.slice(0, 1));
    const again = await begin(under, { retry: true });
    expect(again.key).toBe(first.key);
    expect(await storeOf(under).openUploads('')).toHaveLength(1);
    expect((await ask(under, 'status', { id: again.id })).parts).toHaveLength(1);
    const double = await begin(under);
    expect(await storeOf(under).openUploads('')).toHaveLength(2);
    expect((await ask(under, 'status', { id: double.id })).parts).toHaveLength(0);
    await send(again.parts.slice(1));
    expect(await ask(under, 'complete', { id: again.id })).toMatchObject({ key: first.key, bytes });
    expect(await storeOf(under).openUploads('')).toEqual([]);
    // The double's id is of the same upload, so it hears of the same end.
    expect(await ask(under, 'status', { id: double.id })).toMatchObject({ status: 'completed' });
    expect(await storeOf(under).sha256(first.key)).toBe(sha256(content));
  });

  test('aborting takes the doubles along, and leaves a key alone that only begins the same', async () => {
    const under = await serviceUnderTest([big, named], { engine });
    await begin(under);
    const { id } = await begin(under);
    const others = [
      await begin(under, { policy: 'named', name: 'x.zip' }),
      await begin(under, { policy: 'named', name: 'x.zip.zip' }),
    ];
    expect(await ask(under, 'abort', { id })).toEqual({ aborted: true });
    expect(await storeOf(under).openUploads('big/')).toEqual([]);
    await ask(under, 'abort', { id: others[0].id });
    expect(await storeOf(under).openUploads('named/')).toHaveLength(1);
    expect((await ask(under, 'status', { id: others[1].id })).status).toBe('open');
  });

  test('complete by many at once gives everybody the same answer', async () => {
    const under = await serviceUnderTest([big], { engine });
    const upload = await begin(under);
    await send(upload.parts);
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => ask(under, 'complete', { id: upload.id })),
    );
    const later = await ask(under, 'complete', { id: upload.id });
    expect(later).toMatchObject({ key: upload.key, bytes, receipt: expect.any(String) });
    expect(answers).toEqual(answers.map(() => later));
  });

  test('complete and abort at once: whoever has a receipt has the object, and nothing is half there', async () => {
    const under = await serviceUnderTest([big], { engine });
    for (let round = 0; round < 4; round += 1) {
      const upload = await begin(under, { nonce: `nonce-nonce-${round}` });
      await send(upload.parts);
      const routes = round % 2 === 0 ? ['complete', 'abort'] : ['abort', 'complete'];
      const answers = await Promise.all(routes.map((route) => ask(under, route, { id: upload.id })));
      const receipt = answers.find((answer) => 'receipt' in answer);
      const { status } = await ask(under, 'status', { id: upload.id });
      expect(['completed', 'aborted']).toContain(status);
      if (receipt !== undefined) expect(status).toBe('completed');
      const later = await ask(under, 'complete', { id: upload.id });
      expect('receipt' in later).toBe(status === 'completed');
    }
  });

  test('an object that another upload replaced is superseded', async () => {
    const under = await serviceUnderTest([named], { engine });
    const first = await begin(under, { policy: 'named' });
    const second = await begin(under, { policy: 'named', nonce: 'nonce-nonce-2' });
    await Promise.all([send(first.parts), send(second.parts, randomBytes(bytes))]);
    expect(await ask(under, 'complete', { id: first.id })).toMatchObject({ bytes });
    expect(await ask(under, 'complete', { id: second.id })).toMatchObject({ bytes });
    expect((await ask(under, 'complete', { id: first.id })).problem).toMatchObject({
      code: 'superseded',
      status: 409,
    });
    expect((await ask(under, 'status', { id: first.id })).status).toBe('superseded');
    expect((await ask(under, 'status', { id: second.id })).status).toBe('completed');
  });

  test('where nothing may be replaced, the second upload of a key is refused and the first stays', async () => {
    const under = await serviceUnderTest([once], { engine });
    const first = await begin(under, { policy: 'once' });
    const second = await begin(under, { policy: 'once', nonce: 'nonce-nonce-2' });
    await Promise.all([send(first.parts), send(second.parts, randomBytes(bytes))]);
    expect(await ask(under, 'complete', { id: first.id })).toMatchObject({ bytes });
    expect((await ask(under, 'complete', { id: second.id })).problem).toMatchObject({
      code: 'already-exists',
    });
    expect(await storeOf(under).sha256(first.key)).toBe(sha256(content));
    expect(await ask(under, 'complete', { id: first.id })).toMatchObject({ bytes });
  });

  test(
    'more than a thousand parts are all told, with the last that S3 takes',
    { timeout: 120_000 },
    async () => {
      const under = await serviceUnderTest([big], { engine });
      const upload = await begin(under, { bytes: 10_000 * partBytes });
      expect(upload).toMatchObject({ partCount: 10_000 });
      expect(upload.parts).toHaveLength(16);
      const store = storeOf(under);
      const [uploadId = ''] = await store.openUploads('');
      const numbers = [...Array.from({ length: 1203 }, (_, index) => index + 1), 10_000];
      for (let start = 0; start < numbers.length; start += 32) {
        await Promise.all(
          numbers.slice(start, start + 32).map(async (partNumber) => {
            const { status } = await store.putPart(
              upload.key,
              uploadId,
              partNumber,
              Uint8Array.of(partNumber % 256),
            );
            expect(status).toBe(200);
          }),
        );
      }
      const { parts } = await ask(under, 'status', { id: upload.id });
      expect(parts.map(({ partNumber }: Json) => partNumber)).toEqual(numbers);
      expect(parts.every((part: Json) => part.bytes === 1)).toBe(true);
      // What the largest upload has to say fits into a request.
      const named = Array.from({ length: 10_000 }, (_, index) => ({
        partNumber: index + 1,
        etag: `"${'0'.repeat(32)}"`,
        checksum: sha256Base64(Uint8Array.of(index % 256)),
      }));
      expect((await ask(under, 'complete', { id: upload.id, parts: named })).problem).toMatchObject({
        code: 'checksum-mismatch',
      });
      await ask(under, 'abort', { id: upload.id });
    },
  );
});

describe('parts', () => {
  test.each([
    ['none', [0]],
    ['one too many', [4]],
    ['negative', [-1]],
    ['10,001', [10_001]],
    ['among good ones', [1, 2, 7]],
  ])('whose number is %s are refused, and the other items are answered', async (_title, partNumbers) => {
    const under = await serviceUnderTest([big]);
    const { id } = await begin(under);
    const items = [
      { id, partNumbers },
      { id, partNumbers: [3] },
    ];
    const { status, body } = await under.post('/v1/uploads/parts', { items });
    expect(status).toBe(200);
    expect(body.items[0].problem).toMatchObject({
      code: 'part-out-of-range',
      detail: expect.stringContaining('from 1 to 3'),
    });
    expect(body.items[1].parts).toHaveLength(1);
  });

  test('are asked for within the bounds of a call', async () => {
    const under = await serviceUnderTest([big]);
    const { id } = await begin(under);
    const many = Array.from({ length: 100 }, () => 1);
    for (const items of [
      [{ id, partNumbers: [...many, 1] }],
      [{ id, partNumbers: [] }],
      [{ id, partNumbers: [1.5] }],
      [{ id, partNumbers: ['1'] }],
      Array.from({ length: 11 }, () => ({ id, partNumbers: many })),
    ]) {
      const { status, body } = await under.post('/v1/uploads/parts', { items });
      expect([status, body.code]).toEqual([400, 'invalid-body']);
    }
  });

  test('and requests of the other mode are refused saying where to ask', async () => {
    const under = await serviceUnderTest([big]);
    const parted = await begin(under);
    const whole = await begin(under, { bytes: 5 });
    expect(whole.mode).toBe('put');
    expect((await ask(under, 'sign', { id: parted.id })).problem.detail).toContain('/v1/uploads/parts');
    expect((await ask(under, 'parts', { id: whole.id, partNumbers: [1] })).problem.detail).toContain(
      '/v1/uploads/sign',
    );
  });

  test('and every other call of an upload are refused to anybody else, and for an altered id', async () => {
    const under = await serviceUnderTest([big]);
    const { id, key } = await begin(under);
    const altered = id.replace(
      /\.(.)([^.]*)$/,
      (_all: string, first: string, rest: string) => `.${first === 'A' ? 'B' : 'A'}${rest}`,
    );
    for (const [route, extra] of Object.entries({
      parts: { partNumbers: [1] },
      status: {},
      complete: {},
      abort: {},
    })) {
      expect((await ask(under, route, { id, ...extra }, 'bob')).problem.code).toBe('forbidden');
      expect((await ask(under, route, { id: altered, ...extra })).problem.code).toBe('upload-not-found');
    }
    expect(await storeOf(under).openUploads(key)).toHaveLength(1);
  });

  test('need a fresh look at the policy: one that was withdrawn or leads elsewhere signs nothing', async () => {
    const under = await serviceUnderTest([big]);
    const { id } = await begin(under);
    const withdrawn = serviceOver(under, [{ ...big, upload: { ...big.upload, maxSize: '5Mi' } }]);
    expect((await ask(withdrawn, 'parts', { id, partNumbers: [1] })).problem.code).toBe('file-too-large');
    const elsewhere = serviceOver({ s3: under.s3, bucket: 'another-bucket' }, [big]);
    expect((await ask(elsewhere, 'parts', { id, partNumbers: [1] })).problem.code).toBe('upload-not-found');
    const gone = serviceOver(under, [named]);
    expect((await ask(gone, 'parts', { id, partNumbers: [1] })).problem.code).toBe('forbidden');
  });

  test('are refused once the policy is withdrawn, and the upload can still be given up by who began it', async () => {
    const under = await serviceUnderTest([big]);
    const { id, key } = await begin(under);
    const gone = serviceOver(under, [named]);
    expect((await ask(gone, 'abort', { id }, 'bob')).problem.code).toBe('forbidden');
    expect(await storeOf(under).openUploads(key)).toHaveLength(1);
    expect(await ask(gone, 'abort', { id })).toEqual({ aborted: true });
    expect(await storeOf(under).openUploads(key)).toEqual([]);
  });

  test('of an upload whose session has ended are signed no more', async () => {
    let nowMs = Date.now();
    const under = await serviceUnderTest([{ ...big, upload: { ...big.upload, session: '10m' } }], {
      clock: { now: () => nowMs },
    });
    const { id } = await begin(under);
    nowMs += 10 * 60_000;
    expect((await ask(under, 'parts', { id, partNumbers: [1] })).problem.code).toBe('upload-expired');
    expect(await ask(under, 'status', { id })).toEqual({ status: 'expired', bytes, partBytes });
  });
});

// The other store tried keeps no checksums.
describe('checksums on versitygw', () => {
  const digests = (from: Uint8Array) =>
    [0, 1, 2].map((index) =>
      createHash('sha256')
        .update(from.subarray(index * partBytes, (index + 1) * partBytes))
        .digest('base64'),
    );

  test('of every part are signed and checked by the store, and complete tells what it checked', async () => {
    const under = await serviceUnderTest([{ ...big, upload: { ...big.upload, checksum: 'required' } }], {
      engine: 'versitygw',
    });
    expect((await begin(under)).problem.code).toBe('checksum-required');
    const { id, parts: none } = await begin(under, { checksum: { algorithm: 'SHA256' } });
    expect(none).toEqual([]);
    expect((await ask(under, 'parts', { id, partNumbers: [1] })).problem.code).toBe('checksum-required');
    const { parts } = await ask(under, 'parts', { id, partNumbers: [1, 2, 3], checksums: digests(content) });
    const other = Uint8Array.from(content);
    other[0] = (other[0] ?? 0) ^ 1;
    expect((await follow(parts[0], other.subarray(0, partBytes))).status).toBe(400);
    await send(parts);
    const status = await ask(under, 'status', { id });
    expect(status.parts.map((part: Json) => part.checksum?.value)).toEqual(digests(content));
    const done = await ask(under, 'complete', { id });
    expect(done.checksum).toMatchObject({ algorithm: 'SHA256' });
    expect(done.checksum.value).toMatch(/^[A-Za-z0-9+/]{43}=-3$/);
  });

  test.each(['CRC32', 'CRC32C', 'CRC64NVME'])('by %s cover the whole object', async (algorithm) => {
    const under = await serviceUnderTest([big], { engine: 'versitygw' });
    const whole = new Uint8Array(bytes);
    const zeros = { CRC32: [partBytes, 1000], CRC32C: [partBytes, 1000], CRC64NVME: [partBytes, 1000] };
    expect(Object.keys(zeros)).toContain(algorithm);
    const { id } = await begin(under, { checksum: { algorithm } });
    const checksums = [partBytes, partBytes, 1000].map((length) => crcOfZeros(algorithm, length));
    const { parts } = await ask(under, 'parts', { id, partNumbers: [1, 2, 3], checksums });
    await send(parts, whole);
    const wrong = { algorithm, value: crcOfZeros(algorithm, 3) };
    expect((await ask(under, 'complete', { id, checksum: wrong })).problem.code).toBe('checksum-mismatch');
    const checksum = { algorithm, value: crcOfZeros(algorithm, bytes) };
    expect(await ask(under, 'complete', { id, checksum })).toMatchObject({
      bytes,
      checksum: { ...checksum, type: 'FULL_OBJECT' },
    });
  });

  test('that were not announced are refused', async () => {
    const under = await serviceUnderTest([big], { engine: 'versitygw' });
    const { id } = await begin(under);
    const asked = { id, partNumbers: [1], checksums: ['AAAAAA=='] };
    expect((await ask(under, 'parts', asked)).problem.code).toBe('invalid-body');
  });
});

/** CRC of so many zero bytes, in base64, most significant byte first. */
function crcOfZeros(algorithm: string, length: number): string {
  const { width, polynomial } = {
    CRC32: { width: 32n, polynomial: 0xedb88320n },
    CRC32C: { width: 32n, polynomial: 0x82f63b78n },
    CRC64NVME: { width: 64n, polynomial: 0x9a6c9329ac4bc9b5n },
  }[algorithm] ?? { width: 0n, polynomial: 0n };
  const all = (1n << width) - 1n;
  // One zero byte is a linear map of the register; powers of it by squaring, applied bit by bit.
  const step = (register: bigint) => {
    let next = register;
    for (let bit = 0; bit < 8; bit += 1) next = next & 1n ? (next >> 1n) ^ polynomial : next >> 1n;
    return next;
  };
  const apply = (matrix: readonly bigint[], register: bigint) =>
    matrix.reduce((sum, column, bit) => (register & (1n << BigInt(bit)) ? sum ^ column : sum), 0n);
  let power = Array.from({ length: Number(width) }, (_, bit) => step(1n << BigInt(bit)));
  let register = all;
  for (let left = length; left > 0; left = Math.floor(left / 2)) {
    const matrix = power;
    if (left % 2 === 1) register = apply(matrix, register);
    power = matrix.map((column) => apply(matrix, column));
  }
  const hex = (register ^ all).toString(16).padStart(Number(width) / 4, '0');
  return Buffer.from(hex, 'hex').toString('base64');
}
