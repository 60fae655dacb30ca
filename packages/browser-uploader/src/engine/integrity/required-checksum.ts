/** The checksum that a policy asks for, when nobody has chosen one. Loaded when the service has refused a file for it. */
import type { Limits } from '@valetkey/protocol';

import type { Checksum } from './checksum.ts';
import { createChecksum } from './worker-checksum.ts';

/** The cheapest first. */
const known = ['CRC64NVME', 'CRC32C', 'SHA256'] as const;

/** Undefined when the store promises none that the Worker knows. */
export function requiredChecksum(
  { checksumAlgorithms }: Pick<Limits, 'checksumAlgorithms'>,
  workerUrl: URL | undefined,
): Checksum | undefined {
  const algorithm = known.find((each) => checksumAlgorithms.includes(each));
  return algorithm && createChecksum(algorithm, { workerUrl });
}
