/** A page on one origin, the signing service on another, the store on a third, in a real browser. */
import { fileURLToPath } from 'node:url';

import { compilePolicy, defineStore, type RuleInput } from '@valetkey/core';
import { createHandler, createService, type HandlerOptions } from '@valetkey/http-handler';
import {
  allowOrigins,
  connectChromium,
  createBucket,
  requireEngine,
  type EngineDescriptions,
  type S3Description,
} from '@valetkey/testbed';
import { build } from 'esbuild';
import type { BrowserContext, Page } from 'playwright-core';

import { serve } from './serve.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

export interface PageUnderTest {
  readonly page: Page;
  /** Of the page and its other tabs. */
  readonly context: BrowserContext;
  readonly s3: S3Description;
  readonly bucket: string;
  readonly signer: string;
  readonly pageOrigin: string;
  readonly complaints: string[];
  /** How many requests the service has answered, preflights left out. */
  readonly serviceCalls: () => number;
  readonly stop: () => Promise<void>;
}

export interface PageOptions {
  readonly engines: EngineDescriptions;
  /** The page's script, as a module that may import the package and Uppy. */
  readonly script: string;
  readonly rule?: Partial<RuleInput>;
  /** What the page's policy lets it connect to beside its service and store. */
  readonly connect?: string;
  /** The page's content security policy. @default the strictest that an upload can do with */
  readonly csp?: (origins: { readonly connect: string }) => string;
  readonly styles?: string;
  /** How the service is mounted beside that. */
  readonly handler?: Partial<HandlerOptions>;
  /** What the page's own origin answers beside the page. */
  readonly answer?: (request: Request, bucket: string) => Promise<Response | undefined>;
}

let count = 0;

export async function openPage({
  engines,
  script,
  rule = {},
  connect = '',
  csp = strictest,
  styles = '',
  handler: mounted = {},
  answer,
}: PageOptions): Promise<PageUnderTest> {
  const s3 = requireEngine(engines, 'seaweedfs');
  const bucket = `uploader-${process.pid}-${(count += 1)}`;
  await createBucket(s3, bucket);
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const store = defineStore({ name: 'media', profile: 'seaweedfs', region, endpoint, addressing: 'path' });
  const policy = compilePolicy(
    {
      name: 'uploads',
      subjects: [{ kind: 'user' }],
      stores: ['media'],
      buckets: [bucket],
      rule: { actions: ['upload'], keys: ['uploads/{uuid}/{name}'], lifetime: { max: '1h' }, ...rule },
    },
    'policy',
  );
  const service = createService({
    stores: new Map([['media', { store, credentials: async () => ({ accessKeyId, secretAccessKey }) }]]),
    policies: [policy],
    secrets: [new Uint8Array(32).fill(7)],
  });
  const bundle = await bundleOf(script);
  const worker = await bundleOf(`import '../src/engine/integrity/checksum-worker.ts'`);
  let signerOrigin = '';
  const pages = await serve(async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/') return html(csp({ connect: `${signerOrigin} ${endpoint} ${connect}` }));
    if (pathname === '/style.css') return new Response(styles, { headers: { 'content-type': 'text/css' } });
    const built = { '/page.js': bundle, '/checksum-worker.js': worker }[pathname];
    if (built !== undefined) return new Response(built, { headers: { 'content-type': 'text/javascript' } });
    return (await answer?.(request, bucket)) ?? new Response(null, { status: 404 });
  });
  const handler = createHandler(service, {
    authenticate: () => ({ kind: 'user', id: 'ann', claims: {} }),
    corsOrigins: [pages.origin],
    ...mounted,
  });
  let serviceCalls = 0;
  const signer = await serve((request) => {
    if (request.method !== 'OPTIONS') serviceCalls += 1;
    return handler(request);
  });
  signerOrigin = signer.origin;
  await allowOrigins(s3, bucket, [pages.origin]);
  const browser = await connectChromium(requireEngine(engines, 'chromium'));
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${pages.origin}/?endpoint=${encodeURIComponent(signer.origin)}`);
  const stop = async () => {
    await browser.close();
    await Promise.all([pages.stop(), signer.stop()]);
  };
  return {
    page,
    context,
    s3,
    bucket,
    signer: signer.origin,
    pageOrigin: pages.origin,
    complaints,
    serviceCalls: () => serviceCalls,
    stop,
  };
}

function strictest({ connect }: { readonly connect: string }): string {
  return (
    `default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; connect-src 'self' ${connect}; ` +
    `require-trusted-types-for 'script'; trusted-types valetkey`
  );
}

function html(policy: string): Response {
  const head = '<!doctype html><title>page</title><link rel="stylesheet" href="/style.css">';
  return new Response(`${head}<body><script type="module" src="/page.js"></script>`, {
    headers: { 'content-type': 'text/html', 'content-security-policy': policy },
  });
}

export async function bundleOf(script: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: folder, loader: 'js' },
    bundle: true,
    minify: true,
    format: 'esm',
    conditions: ['@valetkey/source'],
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
