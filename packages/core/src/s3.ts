/// <reference types="node" />
/** Stores from configuration, and how their credentials are had. Needs Node and the AWS SDK. */
export {
  loadConfiguration,
  parseConfiguration,
  type Configuration,
  type ConfiguredStore,
} from './s3/configuration.ts';
export { type StoreCredentials } from './s3/configuration-schema.ts';
export { type CredentialProvider } from './s3/cached-credentials.ts';
export { credentialProvider } from './s3/credential-provider.ts';
export { assumeRoleSession, type RoleSession, type RoleSource } from './s3/role-session.ts';
export { createRoleSessions, type RoleSessions, type RoleSessionsOptions } from './s3/role-sessions.ts';
export { findRegion } from './s3/region.ts';
export { readText, type UnreadableFile } from './s3/read-text.ts';
