import { loadSharedConfigFiles } from '@smithy/core/config';

/**
 * The region the AWS tools would use: `AWS_REGION`, then the profile's in the shared configuration. Undefined
 * when neither names one.
 * @public
 */
export async function findRegion(
  environment: Readonly<Record<string, string | undefined>>,
  profile?: string,
): Promise<string | undefined> {
  const named = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  if (profile === undefined && named !== undefined && named !== '') return named;
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const name = profile ?? environment['AWS_PROFILE'] ?? 'default';
  return (
    configFile[name]?.['region'] ?? credentialsFile[name]?.['region'] ?? (named === '' ? undefined : named)
  );
}
