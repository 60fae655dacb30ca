import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCommand } from '../engine/run-command.ts';
import type { ControlPlaneDescription } from './control-plane-description.ts';
import { toKubeconfig } from './kubeconfig.ts';

const requestTimeoutMs = 20_000;

/** An answer of the API server. @internal */
export interface ApiAnswer {
  readonly status: number;
  /** Parsed where it is JSON, otherwise text. */
  readonly body: unknown;
}

/** How a request differs from the administrator's in JSON. @internal */
export interface ApiRequestOptions {
  readonly token?: string;
  readonly contentType?: string;
  readonly accept?: string;
}

/** A control plane's administrator, and whoever else a token makes. @internal */
export interface ControlPlane {
  readonly request: (
    method: string,
    path: string,
    body?: unknown,
    options?: ApiRequestOptions,
  ) => Promise<ApiAnswer>;
  /** Runs kubectl as the administrator; resolves its standard output. */
  readonly kubectl: (...args: readonly string[]) => Promise<string>;
  /** Applies YAML, server-side. */
  readonly apply: (yaml: string) => Promise<void>;
  readonly createNamespace: (name: string, labels?: Readonly<Record<string, string>>) => Promise<void>;
  /** A token of an existing ServiceAccount, valid for a day. */
  readonly serviceAccountToken: (namespace: string, name: string) => Promise<string>;
}

/**
 * A handle on a running control plane; holds nothing open, so it needs no stop.
 *
 * @internal
 */
export const controlPlane = (description: ControlPlaneDescription): ControlPlane => {
  const request: ControlPlane['request'] = (method, path, body, options = {}) =>
    send(description, { method, path, body, ...options });
  const expectStatus = async (
    wanted: number,
    method: string,
    path: string,
    body: unknown,
  ): Promise<unknown> => {
    const answer = await request(method, path, body);
    if (answer.status === wanted) return answer.body;
    throw new Error(
      `${method} ${path}: expected ${wanted}, got ${answer.status}: ${JSON.stringify(answer.body)}`,
    );
  };
  const kubectl = (...args: readonly string[]): Promise<string> =>
    withAdminKubeconfig(description, (file) =>
      runCommand(description.kubectl, ['--kubeconfig', file, ...args]),
    );
  return {
    request,
    kubectl,
    apply: (yaml) =>
      withAdminKubeconfig(description, async (file) => {
        const manifest = `${file}.yaml`;
        await writeFile(manifest, yaml, { mode: 0o600 });
        await runCommand(description.kubectl, [
          '--kubeconfig',
          file,
          'apply',
          '--server-side',
          '--force-conflicts',
          '-f',
          manifest,
        ]);
      }),
    createNamespace: async (name, labels = {}) => {
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
      await expectStatus(201, 'POST', '/api/v1/namespaces', namespace);
    },
    serviceAccountToken: async (namespace, name) => {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
      const spec = { expirationSeconds: 86_400 };
      const body = await expectStatus(201, 'POST', path, {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec,
      });
      return (body as { readonly status: { readonly token: string } }).status.token;
    },
  };
};

const withAdminKubeconfig = async <T>(
  description: ControlPlaneDescription,
  use: (file: string) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'valetkey-kubectl-'));
  try {
    const file = join(folder, 'kubeconfig');
    await writeFile(file, toKubeconfig(description, description.adminToken), { mode: 0o600 });
    return await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

interface Sent extends ApiRequestOptions {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

const send = ({ server, ca, adminToken }: ControlPlaneDescription, sent: Sent): Promise<ApiAnswer> =>
  new Promise((resolve, reject) => {
    const payload =
      sent.body === undefined || typeof sent.body === 'string' ? sent.body : JSON.stringify(sent.body);
    const request = httpsRequest(new URL(sent.path, server), {
      method: sent.method,
      ca,
      agent: false,
      timeout: requestTimeoutMs,
      headers: {
        authorization: `Bearer ${sent.token ?? adminToken}`,
        accept: sent.accept ?? 'application/json',
        ...(payload === undefined ? {} : { 'content-type': sent.contentType ?? 'application/json' }),
      },
    });
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error(`no answer within ${requestTimeoutMs} ms`)));
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: parse(text, response.headers) }),
      );
    });
    request.end(payload);
  });

const parse = (text: string, headers: { readonly 'content-type'?: string | undefined }): unknown =>
  headers['content-type']?.startsWith('application/json') ? (JSON.parse(text) as unknown) : text;
