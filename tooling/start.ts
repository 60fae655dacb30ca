/**
 * `npm start`: a private demo bucket on loopback, the console over it, and lines to paste that open it; with `--kubernetes` also a
 * control plane and the real issuer. Runs until Ctrl-C, then stops everything it started.
 */
import { systemClock, ValetkeyError } from '@valetkey/core';
import { MissingEngine } from '@valetkey/testbed';

import { createShutdown } from './start/shutdown.ts';
import { buildPages } from './start/build.ts';
import { createProgress } from './start/progress.ts';
import { showCluster, startCluster } from './start/cluster.ts';
import { startSigner, type DemoPages } from './start/signer.ts';
import { showStore, startStore } from './start/store.ts';

const usage = `Usage: npm start [-- --kubernetes]

  --kubernetes   also start etcd, kube-apiserver and the issuer, and apply examples/kubernetes
                 (the first time this builds them with Go: several minutes)
`;

const print = (text: string) => void process.stdout.write(text);
const args = process.argv.slice(2);
const unknown = args.find((arg) => !['--kubernetes', '--help', '-h'].includes(arg));

if (unknown !== undefined) {
  process.stderr.write(`valetkey: unknown argument ${JSON.stringify(unknown)}\n\n${usage}`);
  process.exitCode = 2;
} else if (args.includes('--help') || args.includes('-h')) {
  print(usage);
} else {
  await start(args.includes('--kubernetes'));
}

async function start(withKubernetes: boolean): Promise<void> {
  const shutdown = createShutdown(print);
  const progress = createProgress(print, () => systemClock.now());
  try {
    const store = await startStore(progress, shutdown);
    const cluster = withKubernetes ? await startCluster(progress, shutdown, store) : undefined;
    await progress.stage('Building the console', buildPages);
    const pages = await progress.stage('Starting the signing service', () => startSigner(store, shutdown));
    print(showPages(pages));
    print(await showStore(store));
    if (cluster !== undefined) print(showCluster(cluster));
    print('\nReady. Ctrl-C stops everything.\n');
    await shutdown.requested;
  } catch (error) {
    if (!shutdown.isRequested()) report(error);
  } finally {
    await shutdown.run();
  }
}

function showPages({ console, example, originsToAllow }: DemoPages): string {
  const cors =
    originsToAllow.length === 0
      ? ''
      : `Uploads need a CORS rule of your bucket for ${originsToAllow.join(' and ')} (PUT, all headers).\n`;
  return `
Upload, browse and share in a browser:
  ${console}
A page without a build step that uploads (examples/plain-html), on another origin:
  ${example}
${cors}`;
}

function report(error: unknown): void {
  process.exitCode = 1;
  const isExpected = error instanceof MissingEngine || error instanceof ValetkeyError;
  const message =
    error instanceof Error ? ((isExpected ? error.message : error.stack) ?? error.message) : String(error);
  process.stderr.write(`\nvaletkey: ${message}\n`);
}
