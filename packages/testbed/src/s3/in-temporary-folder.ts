import { temporaryFolder } from '../engine/temporary-folder.ts';
import type { S3Engine } from './s3-description.ts';

/**
 * An engine that lives in a new temporary folder, which goes when the engine is stopped or fails to start.
 *
 * @throws what `start` throws.
 *
 * @internal
 */
export const inTemporaryFolder = async (
  name: string,
  start: (folder: string) => Promise<S3Engine>,
): Promise<S3Engine> => {
  const folder = await temporaryFolder(name);
  try {
    const { description, stop } = await start(folder.path);
    return { description, stop: () => stop().then(folder.remove) };
  } catch (error) {
    await folder.remove();
    throw error;
  }
};
