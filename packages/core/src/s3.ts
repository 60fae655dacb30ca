/// <reference types="node" />
/** Stores from configuration, and how their credentials are had. Needs Node and the AWS SDK. */
export {
  loadConfiguration,
  parseConfiguration,
  type Configuration,
  type ConfiguredStore,
} from './s3/configuration.ts';
export { toConfigurationJsonSchema } from './s3/configuration-json-schema.ts';
export { type StoreCredentials } from './s3/configuration-schema.ts';
export { CloudfrontCookies, signCloudfrontCookies } from './s3/cloudfront/cloudfront-cookies.ts';
export {
  CloudfrontKey,
  cloudfrontKeyProvider,
  type CloudfrontKeySource,
} from './s3/cloudfront/cloudfront-key.ts';
export { type CloudfrontOptions } from './s3/cloudfront/cloudfront-terms.ts';
export { presignCloudfront } from './s3/cloudfront/presign-cloudfront.ts';
export { grantSigner, type GrantSigner } from './s3/grant-signer.ts';
export { type CredentialProvider } from './s3/cached-credentials.ts';
export { credentialProvider } from './s3/credential-provider.ts';
export { assumeRoleSession, type RoleSession, type RoleSource } from './s3/role-session.ts';
export { createRoleSessions, type RoleSessions, type RoleSessionsOptions } from './s3/role-sessions.ts';
export { findRegion } from './s3/region.ts';
export { pathBeside } from './s3/path-beside.ts';
export { readOpenText, readText, type UnreadableFile } from './s3/read-text.ts';
