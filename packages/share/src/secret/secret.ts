import type { Share } from '../v1alpha1/share.ts';
import { apiGroup, apiVersion } from '../v1alpha1/api.ts';
import type { ObjectMeta } from '../v1alpha1/object-meta.ts';
import type { ShareHead } from '../v1alpha1/read-share.ts';
import type { ShareTarget } from '../v1alpha1/share-target.ts';
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

/** Whose Secret it is. */
interface Described {
  readonly metadata: ObjectMeta;
  readonly secretName: string;
  readonly template: ShareTarget['template'];
}

/** What the annotations say. */
export interface SecretNotes {
  readonly revision: number;
  readonly expiresAt?: string;
  readonly renewAt?: string;
}

/** The whole object around its data. */
export function toSecret(
  share: Share,
  namespace: string,
  notes: SecretNotes,
  stringData: Readonly<Record<string, string>>,
): ShareSecret {
  const { template } = share.spec.target;
  return layOut({ ...share, secretName: secretNameOf(share), template }, namespace, notes, stringData);
}

/**
 * The Secret of a Share without any data: what is left when URLs are withdrawn, and what a dry run asks about.
 * @public
 */
export function toEmptySecret({ metadata, status }: ShareHead, secretName: string): ShareSecret {
  const notes = { revision: status?.revision ?? 0 };
  return layOut({ metadata, secretName, template: undefined }, metadata.namespace ?? '', notes, {});
}

function layOut(
  { metadata: { name, uid }, secretName, template }: Described,
  namespace: string,
  notes: SecretNotes,
  stringData: Readonly<Record<string, string>>,
): ShareSecret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: secretType,
    metadata: {
      name: secretName,
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
