import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { startEngine } from '../engine/engine-process.ts';
import { freePort } from '../engine/free-port.ts';
import { MissingEngine } from '../engine/missing-engine.ts';
import { temporaryFolder } from '../engine/temporary-folder.ts';

const require = createRequire(import.meta.url);

/** A Worker that answers on loopback. @internal */
export interface RunningWorker {
  readonly endpoint: string;
  /** Ends it with its folder; again is fine. */
  readonly stop: () => Promise<void>;
}

/**
 * One Worker in workerd, the runtime of Cloudflare Workers, without any of Node's built-ins. `modules` are ES
 * modules by name; the first one is the Worker and has to answer GET. `variables` are its `env`. It reaches this
 * machine and nothing else.
 *
 * @throws MissingEngine where the npm package workerd has no program, and Error with its log when it does not
 * become ready.
 *
 * @internal
 */
export const startWorkerd = async (
  modules: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>> = {},
): Promise<RunningWorker> => {
  const command = program();
  const [folder, port] = await Promise.all([temporaryFolder('workerd'), freePort()]);
  await Promise.all(
    Object.entries(modules).map(([name, source]) => writeFile(join(folder.path, name), source)),
  );
  const config = join(folder.path, 'config.capnp');
  await writeFile(config, toConfig(Object.keys(modules), variables, port), { mode: 0o600 });
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    const { stop } = await startEngine({
      name: 'workerd',
      command,
      args: ['serve', config],
      folder: folder.path,
      ready: async () => (await fetch(endpoint)).status < 500,
    });
    return {
      endpoint,
      stop: async () => {
        await stop();
        await folder.remove();
      },
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
};

const toConfig = (
  names: readonly string[],
  variables: Readonly<Record<string, string>>,
  port: number,
): string => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [${names.map((name) => `(name = "${name}", esModule = embed "${name}")`).join(', ')}],
  bindings = [${Object.entries(variables)
    .map(([name, value]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(value)})`)
    .join(', ')}],
  compatibilityDate = "2026-01-01",
);
`;

const program = (): string => {
  try {
    const workerd: unknown = require('workerd');
    const path: unknown = Object(workerd).default;
    if (typeof path === 'string') return path;
  } catch (cause) {
    throw missing(cause);
  }
  throw missing(undefined);
};

const missing = (cause: unknown): MissingEngine =>
  new MissingEngine(
    {
      engine: 'workerd',
      lookedFor: [`the program of the npm package workerd for ${process.platform} ${process.arch}`],
      install: 'Install the dependencies with optional ones, on Linux, macOS or Windows.',
    },
    { cause },
  );
