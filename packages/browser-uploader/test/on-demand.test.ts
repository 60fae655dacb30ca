/** What is loaded when it is needed, and is not there any more: the line broke, or the page is of an earlier deployment. */
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { s3Admin } from '@valetkey/testbed';
import { expect, inject, onTestFinished, test } from 'vitest';

import { openPage } from './page-under-test.ts';
import { publishedModule } from './published-module.ts';

const served = '/dist/';

async function opened() {
  const gone: string[] = [];
  const under = await openPage({
    engines: inject('engines'),
    script: '',
    rule: { upload: { multipartThreshold: '5Mi', partSize: '5Mi' } },
    answer: async ({ url }) => {
      const { pathname } = new URL(url);
      if (!pathname.startsWith(served) || gone.some((name) => pathname.endsWith(name))) return undefined;
      return publishedModule(pathname.slice(served.length));
    },
  });
  onTestFinished(under.stop);
  const client = s3Admin(under.s3);
  onTestFinished(() => client.destroy());
  let begun = 0;
  under.page.on('request', (request) => {
    if (request.method() === 'POST' && request.url() === `${under.signer}/v1/uploads`) begun += 1;
  });
  return {
    ...under,
    gone,
    begun: () => begun,
    openUploads: async () =>
      (await client.send(new ListMultipartUploadsCommand({ Bucket: under.bucket }))).Uploads?.length ?? 0,
    /** The same file each time. */
    upload: (mebibytes: number) =>
      under.page.evaluate<{ bytes?: number; code?: string; message?: string }>(`
        import('${served}engine.js').then(({ createUploader, createIndexedDbResumeStore }) =>
          createUploader({
            endpoint: new URLSearchParams(location.search).get('endpoint'),
            policy: 'uploads',
            resume: createIndexedDbResumeStore(),
          })
            .upload(new File([new Uint8Array(${mebibytes} * 2 ** 20)], 'a.bin', { lastModified: 1 }))
            .then(({ bytes }) => ({ bytes }), ({ code, message }) => ({ code, message })))`),
  };
}

test('a file in parts whose code is gone fails so that it goes on when the page is loaded again; others do not need it', async () => {
  const { page, gone, begun, openUploads, upload } = await opened();
  gone.push('/upload-parts.ts');
  expect(await upload(1)).toEqual({ bytes: 2 ** 20 });
  expect(await upload(6)).toEqual({ code: 'network', message: 'Load the page again.' });
  expect(await openUploads()).toBe(1);

  gone.pop();
  await page.reload();
  expect(await upload(6)).toEqual({ bytes: 6 * 2 ** 20 });
  expect(await openUploads()).toBe(0);
  // The small file, and the one in parts once.
  expect(begun()).toBe(2);
});
