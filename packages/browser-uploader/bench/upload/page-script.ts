/**
 * What runs on the page of the benchmark: every way to send a file, and files to send. Small files differ from one
 * another, as a person's do: ours remembers each of them.
 */

/** The ways, in the order they are measured. */
export const ways = ['ours', 'raw PUT', 'raw four PUTs', 'stock @uppy/aws-s3'] as const;

/** @public */
export type Way = (typeof ways)[number];

/** In plain JavaScript, so that the bundler needs no types; `measure` gives milliseconds. */
export const pageScript = `
  import AwsS3 from '@uppy/aws-s3';
  import Uppy from '@uppy/core';
  import { createUploader } from '../src/engine.ts';
  import { ValetkeyUpload } from '../src/index.ts';

  const endpoint = new URLSearchParams(location.search).get('endpoint');
  const type = 'application/octet-stream';
  const signRequest = async (request) =>
    (await fetch('/sign', { method: 'POST', body: JSON.stringify(request) })).json();
  const put = (url, body) =>
    new Promise((resolve, reject) => {
      const xhr = new XMLHttpRequest();
      xhr.open('PUT', url);
      xhr.onload = () => (xhr.status === 200 ? resolve() : reject(new Error(String(xhr.status))));
      xhr.onerror = () => reject(new Error('network'));
      xhr.send(body);
    });
  const uploader = createUploader({ endpoint, policy: 'uploads' });
  const uppyWith = (use) => async (files) => {
    const uppy = use(new Uppy());
    uppy.addFiles(files.map((data, index) => ({ name: index + '.bin', type, data })));
    const { successful = [], failed = [] } = (await uppy.upload()) ?? {};
    if (successful.length !== files.length) throw new Error('failed: ' + failed[0]?.error);
    uppy.destroy();
  };
  const ways = {
    'ours': ([file]) => uploader.upload(file, { name: 'bench.bin' }),
    'raw PUT': async ([file]) => put((await signRequest({ method: 'PUT', key: 'raw.bin' })).url, file),
    'raw four PUTs': ([file]) =>
      Promise.all(
        [0, 1, 2, 3].map(async (part) => {
          const { url } = await signRequest({ method: 'PUT', key: 'raw-' + part + '.bin' });
          return put(url, file.slice((part * file.size) / 4, ((part + 1) * file.size) / 4));
        }),
      ),
    'ours in Uppy': uppyWith((uppy) => uppy.use(ValetkeyUpload, { endpoint, policy: 'uploads' })),
    'stock @uppy/aws-s3': uppyWith((uppy) => uppy.use(AwsS3, { signRequest })),
  };
  let files = [];
  globalThis.makeFiles = (count, bytes) => {
    const random = () => crypto.getRandomValues(new Uint8Array(Math.min(bytes, 65536)));
    const chunk = random();
    const mebibyte = new Blob(Array.from({ length: 16 }, () => chunk));
    const one = () =>
      bytes <= 65536
        ? new File([random()], 'small.bin', { type })
        : new Blob(Array.from({ length: bytes / 2 ** 20 }, () => mebibyte), { type });
    files = Array.from({ length: count }, one);
  };
  const input = Object.assign(document.createElement('input'), { type: 'file' });
  document.body.append(input);
  globalThis.takePicked = () => (files = [...input.files]).length;
  globalThis.measure = async (name) => {
    const start = performance.now();
    await ways[name](files);
    return performance.now() - start;
  };
`;
