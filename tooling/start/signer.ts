/**
 * The demo's signing service with the console, as a process of its own, and a page of another origin that uploads
 * through it.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { allowOrigins, freePort, type S3Description } from '@valetkey/testbed';
import { Hono } from 'hono';
import { parse, stringify } from 'yaml';

import { demoBucket } from './demo-files.ts';
import type { Shutdown } from './shutdown.ts';
import { configurationFile, demoFolder } from './store.ts';

const signerMain = 'apps/signer/src/main.ts';
const secretsFile = 'signer-secrets';
const logFile = `${demoFolder}/signer.log`;
const usualPort = 8787;
const startLimitMs = 30_000;

/** Where people go. */
export interface DemoPages {
  readonly console: string;
  readonly example: string;
  /** Origins that a CORS rule of the bucket has to name, where the demo may not set one. */
  readonly originsToAllow: readonly string[];
}

/** Everybody on this machine may use the demo; the policies still say what for. */
const subjects = [{ kind: 'anonymous' }];
const rateLimit = { requests: '600/1m', bytes: '10Gi/1h' };
const place = {
  store: 'models',
  bucket: demoBucket,
  subjects,
  rateLimit,
  lifetime: { default: '15m', max: '12h' },
};
const policies = [
  {
    name: 'uploads',
    ...place,
    actions: ['upload', 'download', 'list'],
    keys: ['uploads/{name}'],
    upload: { maxSize: '1Gi', minSize: 1, overwrite: false },
  },
  { name: 'models', ...place, actions: ['download', 'list'], keys: ['vision/{rest}', 'speech/{rest}'] },
];

export async function startSigner(
  store: S3Description,
  shutdown: Shutdown,
  examples = 'examples/plain-html',
): Promise<DemoPages> {
  const [port, examplePort] = [await portNear(usualPort), await freePort()];
  const [console, example] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${examplePort}`];
  // A store that was there before keeps its own CORS rules.
  const isOwn = store.name !== 'existing';
  if (isOwn) await allowOrigins(store, demoBucket, [console, example]);
  await configure(port, example);
  await run(shutdown);
  await serveExample(examples, examplePort, shutdown);
  return {
    console: `${console}/`,
    example: `${example}/?endpoint=${encodeURIComponent(console)}`,
    originsToAllow: isOwn ? [] : [console, example],
  };
}

/** The same address at every start, unless somebody else has it. */
async function portNear(port: number): Promise<number> {
  const probe = serve({ fetch: () => new Response(), hostname: '127.0.0.1', port });
  try {
    await once(probe, 'listening');
    return port;
  } catch {
    return await freePort();
  } finally {
    await new Promise((resolve) => probe.close(resolve));
  }
}

async function configure(port: number, example: string): Promise<void> {
  await writeFile(`${demoFolder}/${secretsFile}`, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  const stores = parse(await readFile(configurationFile, 'utf8')) as object;
  const server = {
    listen: `127.0.0.1:${port}`,
    corsOrigins: [example],
    secrets: { file: secretsFile },
    auth: [{ kind: 'anonymous' }],
    console: { files: path.resolve('apps/console/dist'), policies: policies.map(({ name }) => name) },
  };
  await writeFile(
    configurationFile,
    stringify({ ...stores, policies, server }, { aliasDuplicateObjects: false }),
  );
}

async function run(shutdown: Shutdown): Promise<void> {
  const log = createWriteStream(logFile, { mode: 0o600 });
  const args = ['--conditions=@valetkey/source', signerMain, '--config', configurationFile];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  shutdown.onStop('the signing service', async () => {
    child.kill('SIGTERM');
    await ended;
    await new Promise((resolve) => log.end(resolve));
  });
  let output = '';
  const listening = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        log.write(text);
        output = (output + text).slice(-4000);
        if (output.includes('"listening"')) resolve();
      });
    }
    child.once('error', reject);
    child.once('close', () => reject(new Error(`the signing service ended: ${output}`)));
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), startLimitMs);
  try {
    await listening;
  } finally {
    clearTimeout(timer);
  }
}

async function serveExample(root: string, port: number, shutdown: Shutdown): Promise<void> {
  const app = new Hono().get('*', serveStatic({ root }));
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port });
  await once(server, 'listening');
  shutdown.onStop('the example page', async () => {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      if ('closeAllConnections' in server) server.closeAllConnections();
    });
  });
}
