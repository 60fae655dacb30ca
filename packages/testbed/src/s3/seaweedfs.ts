import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startEngine } from '../engine/engine-process.ts';
import type { Report } from '../engine/report.ts';
import { strayFiles } from '../engine/stray-files.ts';
import { inTemporaryFolder } from './in-temporary-folder.ts';
import { randomCredentials } from './random-credentials.ts';
import type { S3Description, S3Engine } from './s3-description.ts';
import { probeS3 } from './s3-probe.ts';
import { seaweedfsFlags } from './seaweedfs-flags.ts';
import { obtainSeaweedfs } from './seaweedfs-install.ts';
import { seaweedfsRoleArn, seaweedfsRoles, type TrustedIssuer } from './seaweedfs-roles.ts';

/** What a start of SeaweedFS takes. @internal */
export interface StartSeaweedfsOptions {
  readonly report: Report;
  /** Keeps buckets and objects here between starts. @default a temporary folder, removed by `stop` */
  readonly persistFolder?: string;
  /** Its tokens open a role of the STS. @default none */
  readonly trustedIssuer?: TrustedIssuer;
}

/**
 * Resolves when SeaweedFS stores objects; ports and credentials are new at each start.
 *
 * @throws MissingEngine as `obtainSeaweedfs` does.
 * @throws Error with the tail of its log when it does not come up.
 *
 * @internal
 */
export const startSeaweedfs = async (options: StartSeaweedfsOptions): Promise<S3Engine> => {
  const { report, persistFolder, trustedIssuer } = options;
  const command = await obtainSeaweedfs(report);
  return inTemporaryFolder('seaweedfs', async (folder) => {
    const data = persistFolder ?? join(folder, 'data');
    await mkdir(data, { recursive: true });
    const identityFile = join(folder, 's3.json');
    const rolesFile = join(folder, 'roles.json');
    const flags = await seaweedfsFlags({ folder, data, identityFile, rolesFile });
    const description = await writeIdentity(identityFile, flags.port);
    await writeFile(rolesFile, JSON.stringify(seaweedfsRoles(trustedIssuer)), { mode: 0o600 });
    const strays = strayFiles(flags.strays);
    const engine = await startEngine({
      name: 'seaweedfs',
      command,
      args: flags.args,
      folder,
      ready: () => probeS3(description),
      // After SIGTERM it waits long for idle connections; what it acknowledged is written by then.
      stopGraceMs: 2000,
    });
    return { description, stop: () => engine.stop().then(strays.remove) };
  });
};

const writeIdentity = async (file: string, port: number): Promise<S3Description> => {
  const { accessKeyId, secretAccessKey } = randomCredentials();
  const credentials = [{ accessKey: accessKeyId, secretKey: secretAccessKey }];
  const identities = [
    { name: 'testbed', credentials, actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'] },
  ];
  await writeFile(file, JSON.stringify({ identities }), { mode: 0o600 });
  const endpoint = `http://127.0.0.1:${port}`;
  const sts = { endpoint, roleArn: seaweedfsRoleArn };
  return { name: 'seaweedfs', endpoint, region: 'us-east-1', accessKeyId, secretAccessKey, sts };
};
