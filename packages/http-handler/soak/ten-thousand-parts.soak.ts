/**
 * An upload of as many parts as S3 takes, on both stores. A file of so many has 50 GiB at least; here every part is one
 * byte, and what a store says of sizes is told to the service as if it were 5 MiB. The store lists the parts and reads
 * the whole request to complete; that the bytes are too few is the one thing it may have against it, and from there on
 * a stand-in answers as a store does that has them. `npm run soak -- ten-thousand`.
 */
import { createHash } from 'node:crypto';

import {
  compilePolicy,
  Credentials,
  defineStore,
  ownerGrant,
  presignPart,
  systemClock,
} from '@valetkey/core';
import {
  createBucket,
  soak,
  startSeaweedfs,
  startVersitygw,
  type S3Description,
  type SoakProperty,
} from '@valetkey/testbed';

import { createService } from '../src/index.ts';

const partBytes = 5 * 2 ** 20;
const partCount = 10_000;
const bytes = partCount * partBytes;
const type = 'application/octet-stream';
const width = 32;
const ann = { kind: 'user', id: 'ann', claims: {} } as const;
const numbers = Array.from({ length: partCount }, (_, index) => index + 1);

const report = () => undefined;
const stores = [startSeaweedfs({ report }), startVersitygw(report)];
try {
  const started = await Promise.all(stores);
  await soak(started.map(({ description }) => completesAll(description)));
} finally {
  for (const each of await Promise.allSettled(stores))
    if (each.status === 'fulfilled') await each.value.stop();
}

function completesAll(s3: S3Description): SoakProperty {
  return {
    name: `10,000 parts with a SHA-256 each are completed on ${s3.name}`,
    runs: 1,
    run: async () => {
      const bucket = `ten-thousand-${process.pid}`;
      await createBucket(s3, bucket);
      const store = largeStore();
      const { endpoint, region, accessKeyId, secretAccessKey } = s3;
      const media = defineStore({
        name: 'media',
        profile: 'seaweedfs',
        region,
        endpoint,
        addressing: 'path',
      });
      const service = createService({
        stores: new Map([
          ['media', { store: media, credentials: async () => ({ accessKeyId, secretAccessKey }) }],
        ]),
        policies: [
          compilePolicy(
            {
              name: 'huge',
              subjects: [{ kind: 'user' }],
              stores: ['media'],
              buckets: [bucket],
              rule: { actions: ['upload'], keys: ['huge/{uuid}'], upload: { partSize: '5Mi' } },
            },
            'policy',
          ),
        ],
        secrets: [new Uint8Array(32).fill(7)],
        fetch: store.fetch,
      });
      const call = { requestId: 'soak' };
      const file = { ref: 'a', nonce: 'nonce-nonce-1', name: 'disk.img', bytes, type };
      const files = [{ ...file, checksum: { algorithm: 'SHA256' } as const }];
      const [upload] = (await service.beginUploads(ann, { policy: 'huge', files }, call)).uploads;
      if (upload === undefined || !('mode' in upload))
        throw new Error(`not begun: ${JSON.stringify(upload)}`);
      const etags = await sendParts(s3, { bucket, key: upload.key, uploadId: store.uploadId() });
      const parts = numbers.map((partNumber) => ({
        partNumber,
        etag: etags.get(partNumber) ?? '',
        checksum: digestOf(partNumber),
      }));
      const items = [{ id: upload.id, parts }];
      const [completed] = (await service.completeUploads(ann, { items }, call)).items;
      if (completed === undefined || !('bytes' in completed) || completed.bytes !== bytes) {
        throw new Error(`not completed: ${JSON.stringify(completed)}`);
      }
      store.check();
      return { parts: partCount, 'bytes of the request': JSON.stringify({ items }).length };
    },
  };
}

/** The store, with every byte told as a part, and the end that it would come to. */
function largeStore() {
  let uploadId = '';
  let marker = '';
  let asked = '';
  let refusal = '';
  const head = () =>
    new Response(undefined, {
      headers: {
        'content-length': String(bytes),
        'content-type': type,
        'x-amz-meta-valetkey-upload': marker,
      },
    });
  return {
    uploadId: () => uploadId,
    fetch: async (url: string, init: RequestInit): Promise<Response> => {
      marker = new Headers(init.headers).get('x-amz-meta-valetkey-upload') ?? marker;
      if (init.method === 'HEAD') return refusal === '' ? fetch(url, init) : head();
      const response = await fetch(url, init);
      const text = await response.text();
      uploadId = /<UploadId>([^<]+)</.exec(text)?.[1] ?? uploadId;
      if (init.method === 'POST' && typeof init.body === 'string') {
        asked = init.body;
        refusal = /<Code>([^<]+)</.exec(text)?.[1] ?? 'none';
        return new Response('<CompleteMultipartUploadResult/>');
      }
      const told = text.replaceAll('<Size>1</Size>', `<Size>${partBytes}</Size>`);
      return new Response(told === '' ? undefined : told, { status: response.status });
    },
    check: () => {
      const named = [...asked.matchAll(/<PartNumber>(\d+)<.*?<ChecksumSHA256>([^<]+)</g)];
      const isWhole =
        named.length === partCount &&
        named.every(
          ([, number, digest], index) => Number(number) === index + 1 && digest === digestOf(index + 1),
        );
      if (!isWhole)
        throw new Error(`the store was asked for ${named.length} parts, or others than were sent`);
      if (refusal !== 'EntityTooSmall') throw new Error(`the store had more against it: ${refusal}`);
    },
  };
}

/** Sends the parts past the service, which signs none of one byte. */
async function sendParts(
  s3: S3Description,
  { bucket, key, uploadId }: { readonly bucket: string; readonly key: string; readonly uploadId: string },
): Promise<ReadonlyMap<number, string>> {
  const { endpoint, region } = s3;
  const store = defineStore({ name: 's', profile: 's3', endpoint, region, addressing: 'path' });
  const upload = { contentLength: 1 };
  const grant = ownerGrant({ method: 'PUT', bucket, key, lifetimeSeconds: 3600, upload }, store);
  const keys = new Credentials(s3);
  const etags = new Map<number, string>();
  const left = numbers.values();
  const worker = async () => {
    for (const partNumber of left) {
      const checksum = { algorithm: 'SHA256', value: digestOf(partNumber) } as const;
      const terms = { uploadId, partNumber, bytes: 1, checksum };
      const url = presignPart(grant, terms, keys, { store, nowMs: systemClock.now() });
      const { 'content-length': _length, ...headers } = url.requiredHeaders;
      const response = await fetch(url.reveal(), { method: 'PUT', headers, body: contentOf(partNumber) });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`part ${partNumber}: status ${response.status}`);
      etags.set(partNumber, response.headers.get('etag') ?? '');
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return etags;
}

function contentOf(partNumber: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(partNumber % 256);
}

function digestOf(partNumber: number): string {
  return createHash('sha256').update(contentOf(partNumber)).digest('base64');
}
