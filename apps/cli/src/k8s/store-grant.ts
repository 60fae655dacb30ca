import { ValetkeyError } from '@valetkey/core';
import type { AnyShareStore } from '@valetkey/share';

/** Who gets the right. */
export interface IssuerIdentity {
  readonly namespace: string;
  readonly name: string;
}

const apiVersion = 'rbac.authorization.k8s.io/v1';

/**
 * Role and RoleBinding that let the issuer read the one Secret that holds a store's keys, and no other.
 * @throws ValetkeyError `invalid-configuration` when the store has no Secret
 */
export function toStoreGrant(store: AnyShareStore, issuer: IssuerIdentity): readonly object[] {
  const { secretRef } = store.spec.credentials;
  if (secretRef === undefined) {
    throw new ValetkeyError('invalid-configuration', {
      field: `${store.kind} ${store.metadata.name}: spec.credentials`,
      expected: 'secretRef',
      got: Object.keys(store.spec.credentials).join(', '),
      hint: 'Only a store whose keys lie in a Secret needs a right of its own.',
    });
  }
  // A cluster's store has its keys in the issuer's own namespace and nowhere else.
  const namespace = store.kind === 'ShareStore' ? (store.metadata.namespace ?? 'default') : issuer.namespace;
  const prefix = store.kind === 'ShareStore' ? 'valetkey-sharestore' : 'valetkey-clustersharestore';
  const metadata = { name: `${prefix}-${store.metadata.name}`, namespace };
  return [
    {
      apiVersion,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: [secretRef.name], verbs: ['get'] }],
    },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: issuer.name, namespace: issuer.namespace }],
    },
  ];
}
