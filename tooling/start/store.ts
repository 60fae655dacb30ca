/**
 * The demo's S3: an engine on loopback, a private bucket with a few real files, and a configuration for the
 * command line.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { systemClock, ValetkeyError } from '@valetkey/core';
import { parseConfiguration, credentialProvider } from '@valetkey/core/s3';
import { renderShares } from '@valetkey/share';
import { createBucket, putObject, startS3, type S3Description } from '@valetkey/testbed';
import { parseAllDocuments, stringify } from 'yaml';

import { demoBucket, demoFiles } from './demo-files.ts';
import { freeDemoFolder, ownerFile } from './demo-folder.ts';
import type { Progress } from './progress.ts';
import type { Shutdown } from './shutdown.ts';

/** Relative to the clone, which is the working directory. */
export const demoFolder = freeDemoFolder(process.pid);
/** With stores at first; the signing service's part is added to it. */
export const configurationFile = `${demoFolder}/valetkey.yaml`;
const shareFile = 'examples/shares/weights.yaml';
const object = `${demoBucket}/vision/v3/weights.bin`;

export async function startStore(progress: Progress, shutdown: Shutdown): Promise<S3Description> {
  const engine = await progress.stage('Starting S3 on loopback', (report) => startS3({ report }));
  shutdown.onStop('S3', engine.stop);
  await progress.stage(`Filling the private bucket ${demoBucket}`, () => fill(engine.description));
  await configure(engine.description);
  shutdown.onStop('the demo folder', () => rm(demoFolder, { recursive: true, force: true }));
  return engine.description;
}

/** The lines to paste. What they promise has been tried just before. */
export async function showStore(store: S3Description): Promise<string> {
  const unsigned = `${store.endpoint}/${object}`;
  const { status } = await fetch(unsigned);
  if (status !== 403) throw new Error(`expected the bucket to be private (403), got ${status}`);
  const secret = await renderSecret();
  const entry = await writeEntry('weights.curl', secret.stringData['weights.curl'] ?? '');
  const presign = `npx valetkey presign s3://${object} --config ${configurationFile} --expires-in 3600`;
  return `
Without a signature the bucket stays private (403):
  curl -s -o /dev/null -w '%{http_code}\\n' ${unsigned}

A presigned URL opens one object for an hour (200):
  ${presign}
  curl -s -o ${demoFolder}/weights.bin -w '%{http_code}\\n' "$(${presign})"

The Secret that a Share becomes (npx valetkey k8s render -f ${shareFile} --config ${configurationFile}):
${indent(stringify(secret, { lineWidth: 0 }))}
What a pod would run with its entry weights.curl (200):
  curl -s --config ${entry} -o ${demoFolder}/weights.bin -w '%{http_code}\\n'
`;
}

async function fill(store: S3Description): Promise<void> {
  try {
    await createBucket(store, demoBucket);
    for (const file of demoFiles) await putObject(store, { bucket: demoBucket, ...file });
  } catch (error) {
    throw new ValetkeyError('store-unavailable', {
      field: store.endpoint,
      expected: `an S3 service whose credentials may create the bucket ${demoBucket}`,
      got: error instanceof Error ? `${error.name}: ${error.message}` : 'an error',
      hint: 'Look at VALETKEY_S3_ENDPOINT, _REGION, _ACCESS_KEY_ID and _SECRET_ACCESS_KEY.',
      cause: error,
    });
  }
}

async function configure({ endpoint, region, accessKeyId, secretAccessKey }: S3Description): Promise<void> {
  await rm(demoFolder, { recursive: true, force: true });
  await mkdir(demoFolder, { recursive: true, mode: 0o700 });
  await writeFile(path.join(demoFolder, ownerFile), String(process.pid));
  const secretFile = 'credentials.json';
  await writeFile(path.join(demoFolder, secretFile), JSON.stringify({ accessKeyId, secretAccessKey }), {
    mode: 0o600,
  });
  const configuration = {
    stores: {
      models: {
        profile: 'seaweedfs',
        region,
        endpoint,
        addressing: 'path',
        credentials: { secretFile: { path: secretFile } },
      },
    },
  };
  await writeFile(configurationFile, stringify(configuration));
}

async function renderSecret() {
  const configured = parseConfiguration(
    await readFile(configurationFile, 'utf8'),
    configurationFile,
  ).stores.get('models');
  if (configured === undefined) throw new Error(`${configurationFile} has no store models`);
  const documents = parseAllDocuments(await readFile(shareFile, 'utf8')).map(
    (document) => document.toJS() as unknown,
  );
  const [secret] = await renderShares(documents, {
    signerFor: async () => ({
      store: configured.store,
      credentials: await credentialProvider(configured.credentials, process.env)(),
    }),
    nowMs: systemClock.now(),
  });
  if (secret === undefined) throw new Error(`${shareFile} has no Share`);
  return secret;
}

async function writeEntry(name: string, content: string): Promise<string> {
  const file = `${demoFolder}/${name}`;
  await writeFile(file, content, { mode: 0o600 });
  return file;
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
