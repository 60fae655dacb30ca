/** Looks at presigned URLs that somebody else made, or that do not work. */
export {
  verify,
  type RequestToVerify,
  type Verification,
  type VerifyingKeys,
  type VerifyReason,
} from './explain/verify.ts';
export { explain, type ExplainOptions } from './explain/explain.ts';
export { type Explanation, type FindingSeverity, type UrlFinding } from './explain/explanation.ts';
export { type StoreAnswer } from './explain/store-answer.ts';
