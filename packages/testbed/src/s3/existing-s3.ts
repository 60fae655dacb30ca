import type { S3Description, S3Engine } from './s3-description.ts';

const variables = {
  endpoint: 'VALETKEY_S3_ENDPOINT',
  region: 'VALETKEY_S3_REGION',
  accessKeyId: 'VALETKEY_S3_ACCESS_KEY_ID',
  secretAccessKey: 'VALETKEY_S3_SECRET_ACCESS_KEY',
} as const;

/**
 * The S3 service that the four VALETKEY_S3_* variables name, or `undefined` without VALETKEY_S3_ENDPOINT.
 *
 * @throws Error naming the variables that are missing when only some are set.
 *
 * @internal
 */
export const existingS3 = (env: NodeJS.ProcessEnv = process.env): S3Engine | undefined => {
  if (!env[variables.endpoint]) return undefined;
  const absent = Object.values(variables).filter((name) => !env[name]);
  if (absent.length > 0) throw new Error(`${variables.endpoint} is set but not ${absent.join(', ')}`);
  const value = (key: keyof typeof variables): string => env[variables[key]] ?? '';
  const description: S3Description = {
    name: 'existing',
    endpoint: value('endpoint').replace(/\/+$/, ''),
    region: value('region'),
    accessKeyId: value('accessKeyId'),
    secretAccessKey: value('secretAccessKey'),
  };
  return { description, stop: () => Promise.resolve() };
};
