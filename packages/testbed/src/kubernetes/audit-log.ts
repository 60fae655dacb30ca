import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One answered request, as the API server recorded it. @internal */
export interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: {
    readonly username: string;
    /** For a ServiceAccount's token: `authentication.kubernetes.io/credential-id` tells which one. */
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
  readonly objectRef?: {
    readonly resource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly subresource?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  /** RFC 3339 with microseconds. */
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

const policyFile = 'audit-policy.json';

/** Writes the policy; resolves the log's path. @internal */
export const prepareAudit = async (folder: string): Promise<string> => {
  const policy = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived', 'ResponseStarted'],
    rules: [{ level: 'Metadata' }],
  };
  await writeFile(join(folder, policyFile), JSON.stringify(policy));
  return join(folder, 'audit.jsonl');
};

/** Flags of kube-apiserver: every request is in the log before it is answered. @internal */
export const auditFlags = (folder: string, log: string | undefined): readonly string[] =>
  log === undefined
    ? []
    : [
        `--audit-policy-file=${join(folder, policyFile)}`,
        `--audit-log-path=${log}`,
        '--audit-log-mode=blocking',
      ];

/** @internal */
export const readAuditLog = async (log: string | undefined): Promise<readonly AuditEvent[]> => {
  if (log === undefined) return [];
  const lines = (await readFile(log, 'utf8')).split('\n');
  return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as AuditEvent);
};
