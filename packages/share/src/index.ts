export { toStore } from './checks/store-checks.ts';
export { countPolicyUse, judgePolicy } from './checks/policy-use.ts';
export { triggerOf, type Publication, type TriggerReason } from './checks/publication-checks.ts';
export { decideShare, findDenials, type ShareDecision } from './decide-share.ts';
export { gatherShares, gatherStoredShares } from './gather-shares.ts';
export { issueShare, type IssuedShare, type IssueOptions } from './issue-share.ts';
export { type NamespaceFacts } from './namespace-match.ts';
export { shareReasons, reasonOf, type Finding, type ShareReason } from './reason.ts';
export { renderShares, type RenderOptions } from './render-share.ts';
export { backOffMs, longestBackOffMs } from './renewal/back-off.ts';
export { inputsDigest } from './renewal/inputs-digest.ts';
export { hasBetterClaim, hasMadeSecret, secretKeyOf } from './secret-claim.ts';
export { secretType, toEmptySecret, type ShareSecret } from './secret/secret.ts';
export { sessionName } from './session-name.ts';
export { type AnyShareStore, type ShareInputs } from './share-inputs.ts';
export { toStoreInputs } from './store-inputs.ts';
export { fingerprintOf } from './status/fingerprint.ts';
export {
  platformReasons,
  toPlatformStatus,
  type PlatformFinding,
  type PlatformReason,
} from './status/platform-status.ts';
export { toShareStatus, type ShareOutcome, type StatusFacts } from './status/share-status.ts';
export { apiGroup, apiVersion } from './v1alpha1/api.ts';
export { type ClusterShareStore } from './v1alpha1/cluster-share-store.ts';
export { type Condition } from './v1alpha1/condition.ts';
export { toCustomResourceDefinitions } from './v1alpha1/crd.ts';
export { type LabelSelector } from './v1alpha1/label-selector.ts';
export { type NamespaceSelection } from './v1alpha1/namespace-selection.ts';
export { type ObjectMeta } from './v1alpha1/object-meta.ts';
export {
  findProblems,
  parseClusterShareStore,
  parseShare,
  parseSharePolicy,
  parseShareStore,
} from './v1alpha1/parse.ts';
export {
  readClusterShareStore,
  readSharePolicy,
  readShareStore,
  type InvalidSharePolicy,
  type InvalidStore,
} from './v1alpha1/read-platform.ts';
export { readShare, type InvalidShare, type ShareHead } from './v1alpha1/read-share.ts';
export { type ShareObject } from './v1alpha1/share-object.ts';
export { type SharePolicy } from './v1alpha1/share-policy.ts';
export { shareStatusFields, type ShareStatus } from './v1alpha1/share-status.ts';
export { type ShareStore } from './v1alpha1/share-store.ts';
export { type Layout, type ShareTarget } from './v1alpha1/share-target.ts';
export { secretNameOf, type Share, type ShareSpec } from './v1alpha1/share.ts';
export { type SecretReference } from './v1alpha1/store-fields.ts';
export { type StoreReference } from './v1alpha1/store-reference.ts';
