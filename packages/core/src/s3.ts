/// <reference types="node" />
/** Stores from configuration, and how their credentials are had. Needs Node and the AWS SDK. */
export {
  loadConfiguration,
  parseConfiguration,
  type Configuration,
  type ConfiguredStore,
} from './s3/configuration.ts';
export { type StoreCredentials } from './s3/configuration-schema.ts';
export { credentialProvider, type CredentialProvider } from './s3/credential-provider.ts';
export { findRegion } from './s3/region.ts';
export { readText, type UnreadableFile } from './s3/read-text.ts';
