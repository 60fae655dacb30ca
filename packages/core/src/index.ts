export { systemClock, type Clock } from './clock.ts';
export { compileBucketGuard } from './compile/compile-bucket-guard.ts';
export { compileCors, type CorsConfiguration } from './compile/compile-cors.ts';
export { compileLifecycle, type LifecycleConfiguration } from './compile/compile-lifecycle.ts';
export { compileSessionPolicy } from './compile/compile-session-policy.ts';
export { compileSignerPolicy, type SignerPolicyOptions } from './compile/compile-signer-policy.ts';
export {
  type AwsPartition,
  type IamCondition,
  type IamDocument,
  type IamStatement,
} from './compile/iam-document.ts';
export { toIamJson } from './compile/iam-json.ts';
export { errorCatalogue, toReason, ValetkeyError, type ErrorCode, type ErrorDetail } from './errors.ts';
export { type BucketName, type ObjectKey } from './grammar/brands.ts';
export { parseBucket } from './grammar/bucket.ts';
export { parseKey, type KeyRules, type KeySyntax } from './grammar/key.ts';
export { maxLifetimeSeconds, parseLifetimeSeconds } from './grammar/lifetime.ts';
export { parseMetadata } from './grammar/metadata.ts';
export { type Method } from './grammar/method.ts';
export {
  type ChecksumAlgorithm,
  type ObjectLock,
  type OwnerUploadTerms,
  type ResponseTerms,
  type ServerSideEncryption,
  type UploadTerms,
} from './grammar/object-terms.ts';
export { parseDurationSeconds, parseSizeBytes } from './grammar/quantity.ts';
export { quote } from './grammar/quote.ts';
export { redact } from './grammar/redact.ts';
export { evaluate, type Evaluation } from './grant/evaluate.ts';
export { type Grant } from './grant/grant.ts';
export { ownerGrant, type OwnerRequest } from './grant/owner-grant.ts';
export { longestLifetime } from './grant/longest-lifetime.ts';
export {
  planMultipart,
  rangeOfPart,
  type MultipartPlan,
  type MultipartRange,
} from './grant/multipart-plan.ts';
export { presign, type PresignOptions } from './grant/presign.ts';
export { presignPart, type PartTerms } from './grant/presign-part.ts';
export { type ChecksumType, presignServiceCall, type ServiceCall } from './grant/service-call.ts';
export { uploadMarkerHeader } from './grant/signed-terms.ts';
export { sha256Hex } from '#hash';
export { parseHttpDate } from './http-date.ts';
export { formatInstant, parseInstant } from './instant.ts';
export { type AccessRequest } from './policy/access-request.ts';
export { type DecisionContext } from './policy/decide.ts';
export { type Denial } from './policy/denial.ts';
export { contentTypeOfName } from './policy/file-types.ts';
export { lintPolicies, type PolicyWarning } from './policy/lint.ts';
export { limitsOf, type PolicyLimits } from './policy/limits.ts';
export { evaluateList, type ListScope } from './policy/list-scope.ts';
export { partBytesFor } from './policy/part-size.ts';
export { createPolicySet, type PolicySet } from './policy/policy-set.ts';
export {
  compilePolicy,
  type Policy,
  type PolicyInput,
  type RateLimit,
  type UploadRule,
} from './policy/policy.ts';
export { type Action, type RuleInput } from './policy/rule.ts';
export { type Claims, isSelected, type Subject, type SubjectSelector } from './policy/subject.ts';
export { Credentials, type SigningCredentials } from './signing/credentials.ts';
export { type LifetimeLimiter, type PresignedUrl } from './signing/presigned-url.ts';
export { redactError } from './signing/redact-error.ts';
export { defineStore, type StoreDescription } from './store/define-store.ts';
export { type EndpointVariant } from './store/endpoint-variant.ts';
export { type ProfileName, type StoreProfile } from './store/profile.ts';
export { storeProfiles } from './store/profiles.ts';
export { type Store } from './store/store.ts';
export { toExpectation } from './schema-expectation.ts';
export { spellingHint } from './schema-spelling.ts';
