import { readShare, type ShareSecret } from '@valetkey/share';
import type { KubeClient, WrittenMetadata } from '../../kube/client.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { Precondition, ShareApi, WrittenSecret } from './share-api.ts';

const group = '/apis/valetkey.dev/v1alpha1';
/**
 * How a PUT says that nobody keeps account of who manages which field (Kubernetes' "Clearing managedFields"). The issuer
 * owns the Secret whole, so the account tells nothing, and it costs an API server a quarter of what the write does.
 */
const managedFields = [{}];

/**
 * The calls of the share controller on a real API server. Secrets come back as metadata only. Where `mayAdopt` says no,
 * a write of a Secret that is not known by its uid rejects with `Unguarded` and is not sent.
 */
export function createKubeShareApi(client: KubeClient, mayAdopt: () => boolean): ShareApi {
  const fence = (): void => {
    if (!mayAdopt()) throw new KubeError({ status: 0, reason: 'Unguarded' });
  };
  return {
    createSecret: async (secret) => {
      fence();
      return toWritten(await client.create(secretsPath(secret), secret, { asPartialMetadata: true }));
    },
    replaceSecret: async (secret, precondition) => {
      if (precondition === undefined) fence();
      const { path, body } = toReplacement(secret, precondition);
      return toWritten(await client.replace(path, body, { asPartialMetadata: true }));
    },
    probeSecret: async (secret, precondition) => {
      const { path, body } = toReplacement(secret, precondition);
      try {
        await client.replace(path, body, { asPartialMetadata: true, dryRun: true });
        return 'untouched';
      } catch (error) {
        if (error instanceof KubeError && error.status === 409) return 'changed';
        if (error instanceof KubeError && error.status === 404) return 'gone';
        throw error;
      }
    },
    readShare: async (namespace, name) => readShare(await client.get(sharePath(namespace, name))),
    removeShare: async (namespace, name, precondition) => {
      try {
        await client.remove(sharePath(namespace, name), precondition);
        return true;
      } catch (error) {
        if (error instanceof KubeError && error.status === 404) return true;
        if (error instanceof KubeError && error.status === 409) return false;
        throw error;
      }
    },
    patchStatus: async (namespace, name, resourceVersion, status) => {
      const patch = { metadata: { resourceVersion }, status };
      return toWritten(await client.patchStatus(sharePath(namespace, name), patch));
    },
    readCredentials: async (namespace, name) => decode(await client.get(secretPath(namespace, name))),
  };
}

function sharePath(namespace: string, name: string): string {
  return `${group}/namespaces/${encodeURIComponent(namespace)}/shares/${encodeURIComponent(name)}`;
}

function secretPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`;
}

function toReplacement(secret: ShareSecret, precondition: Precondition | undefined) {
  return {
    path: `${secretsPath(secret)}/${encodeURIComponent(secret.metadata.name)}`,
    body: { ...secret, metadata: { ...secret.metadata, ...precondition, managedFields } },
  };
}

function secretsPath({ metadata }: ShareSecret): string {
  return `/api/v1/namespaces/${encodeURIComponent(metadata.namespace)}/secrets`;
}

function toWritten({ uid, resourceVersion }: WrittenMetadata): WrittenSecret {
  if (resourceVersion !== undefined) return { uid, resourceVersion };
  throw new KubeError({ status: 0, reason: 'MalformedAnswer', message: 'no resourceVersion' });
}

/** Entries of a Secret, decoded. */
function decode(secret: unknown): Readonly<Record<string, string>> {
  const data = typeof secret === 'object' && secret !== null && 'data' in secret ? secret.data : undefined;
  if (typeof data !== 'object' || data === null) return {};
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(String(value), 'base64').toString('utf8')]),
  );
}
