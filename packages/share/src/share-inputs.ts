import type { NamespaceFacts } from './namespace-match.ts';
import type { ClusterShareStore } from './v1alpha1/cluster-share-store.ts';
import type { InvalidSharePolicy } from './v1alpha1/read-platform.ts';
import type { SharePolicy } from './v1alpha1/share-policy.ts';
import type { ShareStore } from './v1alpha1/share-store.ts';
import type { Share } from './v1alpha1/share.ts';

/**
 * Either kind of store.
 * @public
 */
export type AnyShareStore = ClusterShareStore | ShareStore;

/**
 * All that the decision about one Share needs, gathered at one instant.
 * @public
 */
export interface ShareInputs {
  readonly share: Share;
  readonly namespace: NamespaceFacts;
  /** All there are; tried in the order of their names. */
  readonly policies: readonly SharePolicy[];
  /** Those that break a rule of their kind: they allow nothing. */
  readonly invalidPolicies?: readonly InvalidSharePolicy[] | undefined;
  /** What `storeRef` names; absent when there is none that can be used. */
  readonly store?: AnyShareStore | undefined;
  /** There is a store of that name, and it breaks a rule of its kind. */
  readonly hasInvalidStore?: boolean | undefined;
  /** Another Share with a better claim on the same Secret name; absent when there is none. */
  readonly rival?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}
