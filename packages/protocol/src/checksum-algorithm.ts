import { z } from 'zod';

/** Checksums that S3 verifies on arrival. */
export const algorithm = z.enum(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256']);
