import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { startEngine } from '../engine/engine-process.ts';
import { freePort } from '../engine/free-port.ts';
import type { Report } from '../engine/report.ts';
import { inTemporaryFolder } from './in-temporary-folder.ts';
import { randomCredentials } from './random-credentials.ts';
import type { S3Description, S3Engine } from './s3-description.ts';
import { probeS3 } from './s3-probe.ts';
import { obtainVersitygw } from './versitygw-install.ts';

const region = 'us-east-1';

/**
 * Resolves when versitygw, an implementation of S3 independent of SeaweedFS, stores objects.
 *
 * Ports and credentials are new at each start. The system's temporary folder must support extended
 * attributes, since versitygw keeps metadata in them.
 *
 * @throws MissingEngine as `obtainVersitygw` does.
 * @throws Error with the tail of its log when it does not come up.
 *
 * @internal
 */
export const startVersitygw = async (report: Report): Promise<S3Engine> => {
  const command = await obtainVersitygw(report);
  return inTemporaryFolder('versitygw', async (folder) => {
    const port = await freePort();
    const credentials = randomCredentials();
    const description: S3Description = {
      name: 'versitygw',
      endpoint: `http://127.0.0.1:${port}`,
      region,
      ...credentials,
    };
    const engine = await startEngine({
      name: 'versitygw',
      command,
      args: ['--port', `127.0.0.1:${port}`, '--region', region, '--quiet', ...(await storage(folder))],
      // In the environment, since every user of the machine can read the arguments.
      env: { ROOT_ACCESS_KEY: credentials.accessKeyId, ROOT_SECRET_KEY: credentials.secretAccessKey },
      folder,
      ready: () => probeS3(description),
    });
    return { description, stop: engine.stop };
  });
};

// Versions lie outside the data folder, where they would be taken for a bucket.
const storage = async (folder: string): Promise<string[]> => {
  const [data, versions] = [join(folder, 'data'), join(folder, 'versions')];
  await Promise.all([mkdir(data), mkdir(versions)]);
  return ['posix', '--versioning-dir', versions, data];
};
