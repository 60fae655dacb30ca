import { apiVersion, readShare, type ShareHead, type ShareSecret, type ShareStatus } from '@valetkey/share';
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
    replaceStatus: async (metadata, status) => {
      const path = sharePath(metadata.namespace ?? '', metadata.name);
      return toWritten(await client.replaceStatus(path, toStatusUpdate(metadata, status)));
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

/**
 * The subresource takes the status and nothing else. But whose labels were left out would no longer count as their
 * managers' (server-side apply), so all of the metadata that has managers comes along; the spec need not.
 */
function toStatusUpdate(metadata: ShareHead['metadata'], status: ShareStatus): object {
  const { namespace, name, uid, resourceVersion, labels, annotations, ownerReferences, finalizers } =
    metadata;
  const seen = { namespace, name, uid, resourceVersion };
  const managed = { labels, annotations, ownerReferences, finalizers };
  return { apiVersion, kind: 'Share', metadata: { ...seen, ...managed }, status };
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
