import type { Share } from '../v1alpha1/share.ts';
import { apiGroup, apiVersion } from '../v1alpha1/api.ts';
import { secretNameOf } from '../v1alpha1/share.ts';

/**
 * Type of every Secret that the issuer writes; the API server lets nobody change it later.
 * @public
 */
export const secretType = 'valetkey.dev/presigned-urls';

/**
 * The Secret as it is written. Its `stringData` holds URLs: it goes to the API server or to a user's terminal,
 * and nowhere else.
 * @public
 */
export interface ShareSecret {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly type: typeof secretType;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly ownerReferences: readonly OwnerReference[];
  };
  readonly stringData: Readonly<Record<string, string>>;
}

/** @public */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: true;
}

/** What the annotations say. */
export interface SecretNotes {
  readonly revision: number;
  readonly expiresAt?: string;
  readonly renewAt?: string;
}

/** The whole object around its data; with empty data it is the scrubbed one. */
export function toSecret(
  share: Share,
  namespace: string,
  notes: SecretNotes,
  stringData: Readonly<Record<string, string>>,
): ShareSecret {
  const { template } = share.spec.target;
  const { name, uid } = share.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: secretType,
    metadata: {
      name: secretNameOf(share),
      namespace,
      labels: { ...template?.labels, 'app.kubernetes.io/managed-by': 'valetkey' },
      annotations: {
        ...template?.annotations,
        [`${apiGroup}/revision`]: String(notes.revision),
        ...(notes.expiresAt === undefined ? {} : { [`${apiGroup}/expires-at`]: notes.expiresAt }),
        ...(notes.renewAt === undefined ? {} : { [`${apiGroup}/renew-at`]: notes.renewAt }),
      },
      // Without a cluster there is no uid, and so no owner.
      ownerReferences: uid === undefined ? [] : [{ apiVersion, kind: 'Share', name, uid, controller: true }],
    },
    stringData,
  };
}
