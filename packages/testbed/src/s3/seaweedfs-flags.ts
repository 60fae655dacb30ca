import { join } from 'node:path';

import { freePort, freePorts } from '../engine/free-port.ts';

/** The arguments of `weed` and what follows from them. @internal */
export interface SeaweedfsFlags {
  readonly args: readonly string[];
  /** The S3 port on 127.0.0.1. */
  readonly port: number;
  /** Files it makes outside its folders and leaves behind when it is killed. */
  readonly strays: readonly string[];
}

/**
 * Arguments under which SeaweedFS keeps to 127.0.0.1, to ports of its own and to the given places, and is as
 * strict as S3.
 *
 * @internal
 */
export const seaweedfsFlags = async (places: {
  readonly folder: string;
  readonly data: string;
  readonly identityFile: string;
  readonly rolesFile: string;
}): Promise<SeaweedfsFlags> => {
  const port = await freePort();
  const { flags, strays } = await internalPorts();
  const local = [
    '-ip=127.0.0.1',
    '-ip.bind=127.0.0.1',
    `-s3.port=${port}`,
    `-dir=${places.data}`,
    `-s3.config=${places.identityFile}`,
    `-s3.iam.config=${places.rolesFile}`,
    `-filer.localSocket=${join(places.folder, 'filer.sock')}`,
    `-s3.localSocket=${join(places.folder, 's3.sock')}`,
  ];
  return { args: ['server', ...local, ...flags, ...behaviour], port, strays };
};

const behaviour = [
  '-s3',
  '-master.telemetry=false',
  // Each bucket takes seven volumes, which are small until they are filled. By default, and by what is free on the
  // disk, there are too few for the buckets of all tests, and the next one answers 500.
  '-volume.max=20000',
  '-master.volumeSizeLimitMB=64',
  // Else a bucket without CORS rules allows every origin, which S3 does not.
  '-s3.allowedOrigins=https://none.invalid',
  '-s3.port.iceberg=0',
  '-s3.port.lance=0',
  '-volume.preStopSeconds=0',
];

const httpRoles = ['master', 'volume', 'filer'];
const grpcRoles = [...httpRoles, 's3'];

const internalPorts = async (): Promise<{ flags: string[]; strays: string[] }> => {
  const [http, grpc] = await Promise.all([freePorts(httpRoles.length), freePorts(grpcRoles.length)]);
  return {
    flags: [
      ...httpRoles.map((role, index) => `-${role}.port=${http[index]}`),
      ...grpcRoles.map((role, index) => `-${role}.port.grpc=${grpc[index]}`),
    ],
    // These paths are built into it; no flag moves them.
    strays: grpcRoles.map((role, index) => `/tmp/seaweedfs-${role}-grpc-${grpc[index]}.sock`),
  };
};
