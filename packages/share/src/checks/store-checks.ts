import { defineStore, parseDurationSeconds, ValetkeyError, type Store } from '@valetkey/core';
import { coversNamespace } from '../namespace-match.ts';
import type { Finding } from '../reason.ts';
import type { AnyShareStore, ShareInputs } from '../share-inputs.ts';

/** Objects are never changed, so what was made of one holds for as long as it does. */
const stores = new WeakMap<AnyShareStore, Store>();

/** Whether the store exists. */
export function storeExists({ share, store, hasInvalidStore = false }: ShareInputs): Finding | undefined {
  if (store !== undefined) return undefined;
  const { kind, name } = share.spec.storeRef;
  if (hasInvalidStore) {
    // What exactly is wrong may be the platform's business only.
    const message = `${kind} ${name}: it breaks a rule of its kind and cannot be used; its status and the log of the issuer say which`;
    return { reason: 'StoreUnavailable', message };
  }
  return {
    reason: 'StoreNotFound',
    message: `spec.storeRef: expected an existing store, got ${kind} ${JSON.stringify(name)}, which does not exist`,
  };
}

/** Whether a cluster's store is open to the Share's namespace. A namespaced store always is to its own. */
export function storeAllowsNamespace({ store, namespace }: ShareInputs): Finding | undefined {
  if (store?.kind !== 'ClusterShareStore' || coversNamespace(store.spec.allowedNamespaces, namespace)) {
    return undefined;
  }
  return {
    reason: 'NamespaceNotAllowed',
    message: `ClusterShareStore ${store.metadata.name}: its allowedNamespaces do not cover ${namespace.name}`,
  };
}

/** Whether region and endpoint are complete. */
export function storeIsComplete({ store }: ShareInputs): Finding | undefined {
  if (store === undefined) return undefined;
  try {
    toStore(store);
    return undefined;
  } catch (error) {
    if (!(error instanceof ValetkeyError)) throw error;
    return { reason: 'StoreUnavailable', message: error.message };
  }
}

/**
 * The store as core signs for it.
 * @throws ValetkeyError `invalid-configuration`
 */
export function toStore(store: AnyShareStore): Store {
  const known = stores.get(store);
  if (known !== undefined) return known;
  const made = define(store);
  stores.set(store, made);
  return made;
}

function define(store: AnyShareStore): Store {
  const { profile, region, endpoint, publicEndpoint, addressing, maxLifetime } = store.spec;
  const { useDualstackEndpoint, useFipsEndpoint, useAccelerateEndpoint } = store.spec;
  return defineStore({
    name: store.metadata.name,
    profile,
    region,
    endpoint,
    publicEndpoint,
    addressing,
    useDualstackEndpoint,
    useFipsEndpoint,
    useAccelerateEndpoint,
    maxLifetimeSeconds:
      maxLifetime === undefined ? undefined : parseDurationSeconds(maxLifetime, 'spec.maxLifetime'),
  });
}
