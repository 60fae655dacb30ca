import type { FaultMatch } from './fault-rule.ts';

/**
 * The S3 requests of an upload, as a rule matches them.
 *
 * @internal
 */
export const s3Operation = {
  putObject: { method: 'PUT', query: /^(?!.*(?:^|&)partNumber=)/ },
  createMultipartUpload: { method: 'POST', query: /(?:^|&)uploads(?:=|&|$)/ },
  uploadPart: { method: 'PUT', query: /(?:^|&)partNumber=/ },
  completeMultipartUpload: { method: 'POST', query: /(?:^|&)uploadId=/ },
  headObject: { method: 'HEAD' },
} as const satisfies Record<string, FaultMatch>;
