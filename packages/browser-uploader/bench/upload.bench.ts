/**
 * One 512 MiB file over loopback in a real Chromium into a real S3: ours, the stock `@uppy/aws-s3` with its
 * defaults, a raw PUT and a raw PUT of four parts at once, in turns on the same page.
 */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { allowOrigins, s3Admin, startChromiumEngine, startSeaweedfs } from '@valetkey/testbed';

import { openPage } from '../test/page-under-test.ts';

const mebibytes = 512;
const rounds = 3;
const report = () => undefined;

const script = `
  import AwsS3 from '@uppy/aws-s3';
  import Uppy from '@uppy/core';
  import { createUploader } from '../src/engine.ts';

  const endpoint = new URLSearchParams(location.search).get('endpoint');
  const chunk = crypto.getRandomValues(new Uint8Array(65536));
  const mebibyte = new Blob(Array.from({ length: 16 }, () => chunk));
  const file = new Blob(Array.from({ length: ${mebibytes} }, () => mebibyte), { type: 'application/octet-stream' });
  const signRequest = async (request) =>
    (await fetch('/sign', { method: 'POST', body: JSON.stringify(request) })).json();
  const put = (url, body) =>
    new Promise((resolve, reject) => {
      const xhr = new XMLHttpRequest();
      xhr.open('PUT', url);
      xhr.onload = () => (xhr.status === 200 ? resolve(xhr.getResponseHeader('etag')) : reject(new Error(String(xhr.status))));
      xhr.onerror = () => reject(new Error('network'));
      xhr.send(body);
    });
  const uploader = createUploader({ endpoint, policy: 'uploads' });
  const ways = {
    'ours': () => uploader.upload(file, { name: 'bench.bin' }),
    'raw PUT': async () => put((await signRequest({ method: 'PUT', key: 'raw.bin' })).url, file),
    'raw four PUTs': () =>
      Promise.all(
        [0, 1, 2, 3].map(async (part) => {
          const { url } = await signRequest({ method: 'PUT', key: 'raw-' + part + '.bin' });
          return put(url, file.slice((part * file.size) / 4, ((part + 1) * file.size) / 4));
        }),
      ),
    'stock @uppy/aws-s3': async () => {
      const uppy = new Uppy().use(AwsS3, { signRequest });
      uppy.addFile({ name: 'stock.bin', type: file.type, data: file });
      const { successful, failed } = await uppy.upload();
      if (successful.length !== 1) throw new Error('stock failed: ' + failed[0]?.error);
      uppy.destroy();
    },
  };
  globalThis.measure = async (name) => {
    const start = performance.now();
    await ways[name]();
    return performance.now() - start;
  };
  globalThis.names = Object.keys(ways);
`;

const [seaweedfs, chromium] = [await startSeaweedfs({ report }), await startChromiumEngine(report)];
const client = s3Admin(seaweedfs.description);
try {
  const engines = { seaweedfs: seaweedfs.description, chromium: chromium.description, absent: {} };
  const answer = async (request: Request, bucket: string) =>
    new URL(request.url).pathname === '/sign'
      ? Response.json({ url: await sign(await request.json(), bucket) })
      : undefined;
  const under = await openPage({ engines, script, answer });
  // The stock plugin creates and completes its multipart uploads from the page.
  await allowOrigins(seaweedfs.description, under.bucket, [under.pageOrigin], ['PUT', 'POST', 'DELETE']);
  const names = await under.page.evaluate<string[]>('names');
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      times.get(name)?.push(await under.page.evaluate<number>(`measure(${JSON.stringify(name)})`));
    }
  }
  await under.stop();
  print(new Map([...times].map(([name, all]) => [name, median(all)])));
} finally {
  client.destroy();
  await Promise.all([chromium.stop(), seaweedfs.stop()]);
}

/** What the stock plugin wants signed; a service of ours signs nothing that a client names. */
async function sign(asked: unknown, bucket: string): Promise<string> {
  const { method, key, uploadId, partNumber } = asked as {
    readonly method: string;
    readonly key: string;
    readonly uploadId?: string;
    readonly partNumber?: number;
  };
  const place = { Bucket: bucket, Key: key };
  const options = { expiresIn: 3600 };
  if (uploadId === undefined) {
    return method === 'POST'
      ? getSignedUrl(client, new CreateMultipartUploadCommand(place), options)
      : getSignedUrl(client, new PutObjectCommand(place), options);
  }
  const upload = { ...place, UploadId: uploadId };
  if (method === 'POST') return getSignedUrl(client, new CompleteMultipartUploadCommand(upload), options);
  if (method === 'DELETE') return getSignedUrl(client, new AbortMultipartUploadCommand(upload), options);
  return getSignedUrl(client, new UploadPartCommand({ ...upload, PartNumber: partNumber }), options);
}

function print(medians: ReadonlyMap<string, number>): void {
  const of = (name: string) => medians.get(name) ?? Number.NaN;
  const ratios = [
    {
      bar: 'at least 90 % of the rate of four raw PUTs at once',
      ratio: of('raw four PUTs') / of('ours'),
      least: 0.9,
    },
    {
      bar: 'at least twice as fast as stock @uppy/aws-s3',
      ratio: of('stock @uppy/aws-s3') / of('ours'),
      least: 2,
    },
    { bar: 'at least 90 % of the rate of one raw PUT', ratio: of('raw PUT') / of('ours'), least: 0.9 },
  ].map(({ bar, ratio, least }) => ({
    bar,
    ratio: Number(ratio.toFixed(2)),
    verdict: ratio >= least ? 'met' : 'NOT MET',
  }));
  const rows = [...medians].map(
    ([name, ms]) => [name, { ms: Math.round(ms), 'MiB/s': Math.round((mebibytes * 1000) / ms) }] as const,
  );
  console.table(Object.fromEntries(rows));
  console.table(ratios);
  console.log(
    JSON.stringify({ bench: 'upload', mebibytes, rounds, milliseconds: Object.fromEntries(medians), ratios }),
  );
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}
