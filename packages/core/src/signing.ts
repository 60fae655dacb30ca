/** The fast signer without policies, for those who hold the credentials. */
export { ValetkeyError, type ErrorCode } from './errors.ts';
export { type KeyRules, type KeySyntax } from './grammar/key.ts';
export { type Method } from './grammar/method.ts';
export { Credentials, type SigningCredentials } from './signing/credentials.ts';
export { type Addressing } from './signing/object-address.ts';
export { postForm, type PostFormRequest } from './signing/post-form.ts';
export { presign, type PresignRequest } from './signing/presign.ts';
export { type SigningTime } from './signing/presign-object.ts';
export { type LifetimeLimiter, type PresignedUrl } from './signing/presigned-url.ts';
export { type SignedPostForm } from './signing/signed-post-form.ts';
export { redact } from './grammar/redact.ts';
