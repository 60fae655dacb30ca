/** The process as people run it: a configuration in a folder, a port, signals. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { guardChild, type S3Description } from '@valetkey/testbed';
import { onTestFinished } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** A store that nobody is behind: signing asks nobody. */
export const nowhere = {
  endpoint: 'http://127.0.0.1:9',
  region: 'us-east-1',
  accessKeyId: 'AKIAEXAMPLEEXAMPLE12',
  secretAccessKey: 'not-a-secret',
};

/** Whatever a test puts into the file. */
export type ConfigurationParts = Readonly<Record<string, unknown>>;

/** A folder with a configuration whose paths lead from there, gone after the test. */
export async function configurationFolder(
  s3: Pick<S3Description, 'endpoint' | 'region' | 'accessKeyId' | 'secretAccessKey'>,
  parts: ConfigurationParts = {},
): Promise<{ readonly folder: string; readonly file: string; readonly token: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'valetkey-signer-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const token = randomBytes(24).toString('base64url');
  const inFolder = (name: string) => path.join(folder, name);
  await mkdir(inFolder('console/assets'), { recursive: true });
  await writeFile(inFolder('console/index.html'), '<!doctype html><title>Valetkey</title>');
  await writeFile(inFolder('console/assets/app-1a2b.js'), 'export {};');
  await writeFile(inFolder('secrets'), `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  const { accessKeyId, secretAccessKey } = s3;
  await writeFile(inFolder('credentials.json'), JSON.stringify({ accessKeyId, secretAccessKey }), {
    mode: 0o600,
  });
  const configuration = {
    stores: {
      media: {
        profile: 'seaweedfs',
        endpoint: s3.endpoint,
        region: s3.region,
        addressing: 'path',
        credentials: { secretFile: { path: 'credentials.json' } },
      },
    },
    policies: [
      {
        name: 'files',
        subjects: [{ kind: 'user' }],
        store: 'media',
        bucket: 'user-media',
        actions: ['download', 'list'],
        keys: ['files/{any}'],
        lifetime: { max: '1h' },
      },
    ],
    server: {
      listen: '127.0.0.1:0',
      secrets: { file: 'secrets' },
      auth: [{ kind: 'static', id: 'ann', sha256: createHash('sha256').update(token).digest('hex') }],
      console: { files: './console', policies: ['files'] },
    },
    ...parts,
  };
  const file = inFolder('valetkey.yaml');
  await writeFile(file, JSON.stringify(configuration, undefined, 2));
  return { folder, file, token };
}

/** The process and what it has written so far. */
export interface SignerProcess {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Resolves with the exit status. */
  readonly ended: Promise<number | null>;
}

export function runSigner(args: readonly string[]): SignerProcess {
  const child = spawn(process.execPath, ['--conditions=@valetkey/source', main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] },
    detached: true,
  });
  guardChild(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close').then(([status]) => status as number | null);
  return { child, output: () => output, ended };
}

/** The origin it listens on. */
export async function originOf({ output, ended }: SignerProcess): Promise<string> {
  for (;;) {
    const origin = /"origin":"(http:[^"]+)"/.exec(output())?.[1];
    if (origin !== undefined) return origin;
    const pause = new Promise<'still there'>((resolve) => setTimeout(() => resolve('still there'), 20));
    if ((await Promise.race([ended, pause])) !== 'still there')
      throw new Error(`the signer ended: ${output()}`);
  }
}

/** Asks for a download, or what the body says. */
export function ask(
  origin: string,
  token: string | undefined,
  body: unknown = { policy: 'files', items: [{ key: 'files/a' }] },
) {
  return fetch(`${origin}/v1/downloads`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
}

/** Posts to routes below `/v1/` with the token. @returns what came as JSON */
export function posterTo(origin: string, token: string) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return async (route: string, body: object): Promise<never> => {
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await fetch(`${origin}/v1/${route}`, init)).json() as Promise<never>;
  };
}
