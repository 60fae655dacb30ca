/** Looks at presigned URLs that somebody else made, or that do not work. */
export {
  verify,
  type RequestToVerify,
  type Verification,
  type VerifyingKeys,
  type VerifyReason,
} from './explain/verify.ts';
