import { createObjectStore } from '../runtime/object-store.ts';
import type { Lease, LeaseLock, LeaseRecord } from '../runtime/lease-lock.ts';
import type { ApiObject } from '../runtime/object-key.ts';
import { createReflector } from '../runtime/reflector.ts';
import type { Timers } from '../runtime/timer.ts';
import type { KubeClient } from './client.ts';
import { toJsonObject, toText } from './json-value.ts';
import { KubeError } from './kube-error.ts';
import { listWatch } from './list-watch.ts';
import type { KubeTransport } from './transport.ts';

interface LeaseObject extends ApiObject {
  readonly lease: Lease;
}

/**
 * The Lease `name` in `namespace` on a real API server. It is patched, not replaced, so that labels which others
 * put on it stay.
 * @internal
 */
export function createLeaseLock(options: {
  readonly transport: KubeTransport;
  /** Unfenced: it is what makes a leader. */
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  readonly timers: Timers;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Told when the watch has failed; it goes on. It must not throw. */
  readonly onError: (error: unknown) => void;
}): LeaseLock {
  const { client, namespace, name } = options;
  const leases = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
  const path = `${leases}/${encodeURIComponent(name)}`;

  return {
    read: (call) => unless([404], undefined, async () => parseLease(await client.get(path, call))),
    create: (record, call) =>
      unless([409], 'conflict' as const, async () => {
        const object = {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name, namespace },
          spec: record,
        };
        return { record, resourceVersion: toVersion(await client.create(leases, object, call)) };
      }),
    update: (record, resourceVersion, call) =>
      unless([404, 409], 'conflict' as const, async () => {
        // An absent holder is written as null: the field may not be empty.
        const spec = {
          ...record,
          holderIdentity: record.holderIdentity === '' ? null : record.holderIdentity,
        };
        const patch = { metadata: { resourceVersion }, spec };
        return { record, resourceVersion: toVersion(await client.patch(path, patch, call)) };
      }),
    follow: (onChange, signal) => follow(options, leases, onChange, signal),
  };
}

function follow(
  options: Parameters<typeof createLeaseLock>[0],
  path: string,
  onChange: (lease: Lease) => void,
  signal: AbortSignal,
): Promise<void> {
  const { transport, name, timers, random, onError } = options;
  const tell = ({ lease }: LeaseObject): void => onChange(lease);
  return createReflector<LeaseObject>({
    name: 'lease',
    listWatch: listWatch(transport, path, {
      fieldSelector: `metadata.name=${name}`,
      parse: (raw) => ({ metadata: { name }, lease: parseLease(raw) }),
      onInvalid: (_, error) => onError(error),
    }),
    store: createObjectStore<LeaseObject>(),
    // Who has deleted it is no holder: the last one known is waited for.
    handlers: { added: tell, updated: (_, after) => tell(after), deleted: () => undefined },
    timers,
    random,
    onError,
  }).run(signal);
}

/** Others may write a Lease, so nothing of it is taken on trust. @throws KubeError when it has no version */
function parseLease(raw: unknown): Lease {
  const { metadata, spec } = toJsonObject(raw);
  const fields = toJsonObject(spec);
  const record: LeaseRecord = {
    holderIdentity: toText(fields['holderIdentity']) ?? '',
    leaseDurationSeconds: toNumber(fields['leaseDurationSeconds']),
    acquireTime: toText(fields['acquireTime']) ?? '',
    renewTime: toText(fields['renewTime']) ?? '',
    leaseTransitions: toNumber(fields['leaseTransitions']),
  };
  return { record, resourceVersion: toVersion(toJsonObject(metadata)) };
}

function toNumber(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

function toVersion({ resourceVersion }: { readonly resourceVersion?: unknown }): string {
  if (typeof resourceVersion === 'string' && /^\d+$/.test(resourceVersion)) return resourceVersion;
  throw new KubeError({ status: 0, reason: 'MalformedAnswer', message: 'no resourceVersion' });
}

async function unless<T, E>(
  statuses: readonly number[],
  otherwise: E,
  run: () => Promise<T>,
): Promise<T | E> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof KubeError && statuses.includes(error.status)) return otherwise;
    throw error;
  }
}
