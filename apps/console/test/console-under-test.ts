/**
 * The console as people have it: built files from a real signing service, in a real browser, over a real store,
 * with a fault layer in front of both.
 */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  allowOrigins,
  connectChromium,
  createBucket,
  freePort,
  requireEngine,
  startEngine,
  startFaultLayer,
  temporaryFolder,
  type FaultLayer,
  type S3Description,
} from '@valetkey/testbed';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { inject, onTestFinished } from 'vitest';

const signerMain = fileURLToPath(import.meta.resolve('@valetkey/signer'));
export const token = 'the-token-of-ann';

/** A policy as the configuration file has it, without its place. */
export type PolicyYaml = Readonly<Record<string, unknown>> & { readonly name: string };

export const uploads: PolicyYaml = {
  name: 'uploads',
  actions: ['upload', 'download', 'list'],
  keys: ['uploads/{name}'],
  lifetime: { default: '15m', max: '12h' },
  upload: { maxSize: '5Mi', minSize: 1, contentTypes: ['text/plain', 'image/png'], overwrite: false },
};

export interface ConsoleUnderTest {
  readonly page: Page;
  readonly s3: S3Description;
  readonly bucket: string;
  /** The address of the page: the fault layer in front of the service. */
  readonly address: string;
  readonly signerFaults: FaultLayer;
  readonly storeFaults: FaultLayer;
  /** Everything the browser complained of: policy violations, errors. */
  readonly complaints: string[];
  /** Origins that were asked for anything. */
  readonly origins: ReadonlySet<string>;
  readonly stopSigner: () => Promise<void>;
}

export interface Options {
  readonly policies?: readonly PolicyYaml[];
  /** The page must show a token to be let in. */
  readonly withToken?: boolean;
  readonly context?: BrowserContextOptions;
  /** @default true: the bucket's CORS rules let the page in */
  readonly allowsPage?: boolean;
}

let count = 0;

/** Opens the page; everything is gone after the test. */
export async function consoleUnderTest(options: Options = {}): Promise<ConsoleUnderTest> {
  const { policies = [uploads], withToken = false, allowsPage = true } = options;
  const s3 = requireEngine(inject('engines'), 'seaweedfs');
  const browser = await connectChromium(requireEngine(inject('engines'), 'chromium'));
  onTestFinished(() => browser.close());
  const bucket = `console-${process.pid}-${(count += 1)}`;
  await createBucket(s3, bucket);
  const storeFaults = await startFaultLayer({ target: s3.endpoint });
  onTestFinished(storeFaults.stop);
  const port = await freePort();
  const signerFaults = await startFaultLayer({ target: `http://127.0.0.1:${port}` });
  onTestFinished(signerFaults.stop);
  if (allowsPage) await allowOrigins(s3, bucket, [signerFaults.endpoint]);
  const stopSigner = await startSigner(port, { s3, bucket, storeFaults, policies, withToken });

  const context = await browser.newContext({ acceptDownloads: true, ...options.context });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: signerFaults.endpoint });
  const page = await context.newPage();
  const complaints: string[] = [];
  const origins = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  const address = `${signerFaults.endpoint}/`;
  await page.goto(address);
  return { page, s3, bucket, address, signerFaults, storeFaults, complaints, origins, stopSigner };
}

interface SignerParts {
  readonly s3: S3Description;
  readonly bucket: string;
  readonly storeFaults: FaultLayer;
  readonly policies: readonly PolicyYaml[];
  readonly withToken: boolean;
}

async function startSigner(
  port: number,
  { s3, bucket, storeFaults, policies, withToken }: SignerParts,
): Promise<() => Promise<void>> {
  const folder = await temporaryFolder('console');
  const inFolder = (name: string) => path.join(folder.path, name);
  await writeFile(inFolder('secrets'), `${Buffer.alloc(32, 7).toString('base64')}\n`);
  const { accessKeyId, secretAccessKey } = s3;
  await writeFile(inFolder('credentials.json'), JSON.stringify({ accessKeyId, secretAccessKey }));
  const who = withToken ? [{ kind: 'user' }] : [{ kind: 'anonymous' }];
  const configuration = {
    stores: {
      media: {
        profile: 'seaweedfs',
        endpoint: s3.endpoint,
        publicEndpoint: storeFaults.endpoint,
        region: s3.region,
        addressing: 'path',
        credentials: { secretFile: { path: inFolder('credentials.json') } },
      },
    },
    policies: policies.map((policy) => ({
      subjects: who,
      store: 'media',
      bucket,
      rateLimit: { requests: '10000/1m' },
      ...policy,
    })),
    server: {
      listen: `127.0.0.1:${port}`,
      secrets: { file: inFolder('secrets') },
      auth: withToken
        ? [{ kind: 'static', id: 'ann', sha256: createHash('sha256').update(token).digest('hex') }]
        : [{ kind: 'anonymous' }],
      console: { files: inject('consoleFiles'), policies: policies.map(({ name }) => name) },
    },
  };
  await writeFile(inFolder('valetkey.yaml'), JSON.stringify(configuration));
  const engine = await startEngine({
    name: 'signer',
    command: process.execPath,
    args: ['--conditions=@valetkey/source', signerMain, '--config', inFolder('valetkey.yaml')],
    folder: folder.path,
    ready: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
  });
  onTestFinished(async () => {
    await engine.stop();
    await folder.remove();
  });
  return engine.stop;
}

/** A file as it is dropped or picked. */
export function aFile(name: string, content: string | Buffer = 'hello', mimeType = 'text/plain') {
  return { name, mimeType, buffer: Buffer.from(content) };
}

/** Picks files in the Dashboard, and starts the upload. */
export async function upload(page: Page, files: readonly ReturnType<typeof aFile>[]): Promise<void> {
  await pick(page, files);
  await page.getByRole('button', { name: /^Upload \d+ files?$/ }).click();
}

export async function pick(page: Page, files: readonly ReturnType<typeof aFile>[]): Promise<void> {
  await page
    .locator('.uppy-Dashboard-input')
    .first()
    .setInputFiles([...files]);
}
