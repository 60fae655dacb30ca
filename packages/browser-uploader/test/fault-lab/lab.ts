/**
 * A page in a real Chromium, the signing service and a real store, with a fault layer in front of both. The page sees
 * the layers only; the oracle sees the store itself.
 */
import { compilePolicy, defineStore, type RuleInput } from '@valetkey/core';
import { createHandler, createService } from '@valetkey/http-handler';
import {
  allowOrigins,
  connectChromium,
  createBucket,
  startFaultLayer,
  type ChromiumDescription,
  type FaultLayer,
  type S3Description,
} from '@valetkey/testbed';
import type { Page } from 'playwright-core';

import { bundleOf } from '../page-under-test.ts';
import { serve } from '../serve.ts';
import type { Source } from './source.ts';

const minutes = 60_000;

/** What a page is told of its upload. */
export type Told =
  | { readonly kind: 'success'; readonly key: string; readonly bytes: number }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

/** A laboratory for one store. */
export interface Lab {
  readonly s3: S3Description;
  readonly bucket: string;
  readonly page: Page;
  /** In front of the store: for the page and for the service. */
  readonly store: FaultLayer;
  /** In front of the service. */
  readonly signer: FaultLayer;
  /** Puts another policy in place of the one that is served; undefined withdraws it. */
  readonly serve: (rule: Partial<RuleInput> | undefined) => void;
  /** By how many minutes the service's clock is wrong. */
  readonly skewService: (byMinutes: number) => void;
  /** By how many minutes the page's clock is wrong. */
  readonly skewPage: (byMinutes: number) => Promise<void>;
  /**
   * Uploads on the page. One that resumes is remembered there, and after a reload in the middle the same file is chosen
   * again.
   */
  readonly upload: (source: Source, name: string, options: { readonly resumes: boolean }) => Promise<Told>;
  /** The page as it is after a person reloads it. */
  readonly reload: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Single PUT up to 6 MiB, parts of 5 MiB above. */
const usualRule = {
  actions: ['upload'],
  keys: ['uploads/{uuid}/{name}'],
  lifetime: { max: '1h' },
  upload: { multipartThreshold: '6Mi', partSize: '5Mi' },
} as const satisfies RuleInput;

const script = `
  import { createIndexedDbResumeStore, createUploader } from '../src/engine.ts';
  const { now } = Date;
  globalThis.skew = (ms) => (Date.now = () => now.call(Date) + ms);
  const endpoint = new URLSearchParams(location.search).get('endpoint');
  const forgetful = createUploader({ endpoint, policy: 'uploads' });
  const resuming = createUploader({ endpoint, policy: 'uploads', resume: createIndexedDbResumeStore() });
  globalThis.upload = async (source, name, resumes) => {
    try {
      const blob = await (await fetch(source)).blob();
      const file = new File([blob], name, { type: 'application/octet-stream', lastModified: 1 });
      const { key, bytes } = await (resumes ? resuming : forgetful).upload(file);
      return { kind: 'success', key, bytes };
    } catch (error) {
      return { kind: 'error', code: error.code ?? error.name, message: error.message };
    }
  };
`;

let count = 0;

/** Starts everything but the engines. */
export async function startLab(s3: S3Description, chromium: ChromiumDescription): Promise<Lab> {
  const bucket = `fault-lab-${process.pid}-${(count += 1)}`;
  await createBucket(s3, bucket);
  const store = await startFaultLayer({ target: s3.endpoint });
  const sources = new Map<string, Source>();
  const bundle = await bundleOf(script);
  const pages = await serve((request) => {
    const { pathname } = new URL(request.url);
    const source = sources.get(pathname);
    if (source !== undefined) return new Response(source.content);
    if (pathname === '/page.js')
      return new Response(bundle, { headers: { 'content-type': 'text/javascript' } });
    return new Response('<!doctype html><title>lab</title><script type="module" src="/page.js"></script>', {
      headers: { 'content-type': 'text/html' },
    });
  });
  await allowOrigins(s3, bucket, [pages.origin]);

  let skewMs = 0;
  const clock = { now: () => Date.now() + skewMs };
  const served = (rule: Partial<RuleInput> | undefined) => {
    const { region, accessKeyId, secretAccessKey } = s3;
    const media = defineStore({
      name: 'media',
      profile: 'seaweedfs',
      region,
      endpoint: store.endpoint,
      addressing: 'path',
    });
    const service = createService({
      stores: new Map([
        ['media', { store: media, credentials: async () => ({ accessKeyId, secretAccessKey }) }],
      ]),
      policies: [
        compilePolicy(
          {
            name: rule === undefined ? 'another' : 'uploads',
            subjects: [{ kind: 'user' }],
            stores: ['media'],
            buckets: [bucket],
            rule: { ...usualRule, ...rule },
          },
          'policy',
        ),
      ],
      secrets: [new Uint8Array(32).fill(7)],
      clock,
    });
    return createHandler(service, {
      authenticate: () => ({ kind: 'user', id: 'ann', claims: {} }),
      corsOrigins: [pages.origin],
    });
  };
  let handler = served({});
  const service = await serve((request) => handler(request));
  const signer = await startFaultLayer({ target: service.origin });
  const browser = await connectChromium(chromium);
  const page = await browser.newPage();
  await page.goto(`${pages.origin}/?endpoint=${encodeURIComponent(signer.endpoint)}`);
  let reloading: Promise<void> | undefined;
  const reload = async () => {
    await page.reload();
    await page.waitForFunction(`typeof upload === 'function'`);
  };
  return {
    s3,
    bucket,
    page,
    store,
    signer,
    serve: (rule) => {
      handler = served(rule);
    },
    skewService: (byMinutes) => {
      skewMs = byMinutes * minutes;
    },
    skewPage: (byMinutes) => page.evaluate(`void skew(${byMinutes * minutes})`),
    upload: async (source, name, { resumes }) => {
      sources.set(source.path, source);
      const call = `upload(${JSON.stringify(source.path)}, ${JSON.stringify(name)}, ${resumes})`;
      try {
        return await page.evaluate<Told>(call);
      } catch (error) {
        // The page that was asked is gone.
        if (reloading === undefined) throw error;
        await reloading;
        return await page.evaluate<Told>(call);
      } finally {
        reloading = undefined;
      }
    },
    reload: () => (reloading = reload()),
    stop: async () => {
      await browser.close();
      await Promise.all([store.stop(), signer.stop(), pages.stop(), service.stop()]);
    },
  };
}
