/// <reference types="node" />
/**
 * Junk thrown at every route of a running service, by a caller that it knows: bodies of 1 KiB to 1 MiB that the OpenAPI
 * document does not describe. None of them may crash it, be its fault, or get a URL.
 */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { routes, type Route } from '@valetkey/protocol';
import { guardChild, soak } from '@valetkey/testbed';

import { junkBody } from './junk-body.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const connections = 2;
const paths = Object.values<Route>(routes).flatMap(({ body, path }) => (body === undefined ? [] : [path]));

await soak([
  {
    name: 'junk bodies get a problem, never a URL and never a 5xx',
    runs: 100_000,
    run: async (runs) => {
      const service = await start();
      try {
        const counts = await throwJunk(service, runs);
        const health = await fetch(`${service.origin}/livez`);
        if (health.status !== 200) throw new Error(`expected a service that lives, got ${health.status}`);
        return counts;
      } finally {
        await service.stop();
      }
    },
  },
]);

interface Service {
  readonly origin: string;
  readonly token: string;
  readonly stop: () => Promise<void>;
}

async function throwJunk(
  { origin, token }: Service,
  runs: number,
): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < runs) {
      const index = next;
      next += 1;
      const { kind, body, contentType } = junkBody(index);
      const route = paths[index % paths.length] ?? '';
      const response = await fetch(origin + route, {
        method: 'POST',
        headers: { 'content-type': contentType, authorization: `Bearer ${token}` },
        body,
      });
      const text = await response.text();
      const isUrl = /X-Amz-|https?:/i.test(text);
      if (
        response.status >= 500 ||
        response.status < 400 ||
        isUrl ||
        !text.includes('urn:valetkey:problem:')
      ) {
        throw new Error(
          `junk ${index} (${kind}, ${body.byteLength} bytes) at ${route}: status ${response.status}`,
        );
      }
      counts[response.status] = (counts[response.status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  return counts;
}

async function start(): Promise<Service> {
  const folder = await mkdtemp(path.join(tmpdir(), 'valetkey-soak-'));
  const token = randomBytes(24).toString('hex');
  const file = path.join(folder, 'valetkey.yaml');
  const keys = { accessKeyId: 'unused', secretAccessKey: 'unused' };
  await writeFile(path.join(folder, 'keys.json'), JSON.stringify(keys));
  await writeFile(path.join(folder, 'secrets'), randomBytes(32).toString('base64'));
  const policy = {
    name: 'files',
    subjects: [{ kind: 'user' }],
    store: 'media',
    bucket: 'user-media',
    actions: ['download', 'upload', 'list', 'delete'],
    keys: ['{rest}'],
    lifetime: { max: '1h' },
  };
  const configuration = {
    stores: {
      media: {
        profile: 's3',
        endpoint: 'http://127.0.0.1:9',
        region: 'us-east-1',
        credentials: { secretFile: { path: path.join(folder, 'keys.json') } },
      },
    },
    policies: [policy],
    server: {
      listen: '127.0.0.1:0',
      secrets: { file: path.join(folder, 'secrets') },
      auth: [{ kind: 'static', id: 'ann', sha256: createHash('sha256').update(token).digest('hex') }],
    },
  };
  await writeFile(file, JSON.stringify(configuration));
  const child = spawn(process.execPath, ['--conditions=@valetkey/source', main, '--config', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
    detached: true,
  });
  guardChild(child);
  const ended = once(child, 'close');
  const origin = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output.length < 10_000) output += text;
      const found = /"origin":"(http:[^"]+)"/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('close', () => reject(new Error(`the service ended: ${output}`)));
  });
  return {
    origin,
    token,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
      if (child.exitCode !== 0) throw new Error(`expected exit status 0, got ${child.exitCode}`);
    },
  };
}
