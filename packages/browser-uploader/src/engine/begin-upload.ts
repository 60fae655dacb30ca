import type { Checksum } from './integrity/checksum.ts';
import { rethrowRead } from './file-guard.ts';
import type { Memory } from './memory.ts';
import { toOpenUpload, type Declared, type OpenUpload } from './open-upload.ts';
import { withRetries, type RetryContext } from './retry.ts';
import type { BegunUpload, ServiceClient } from './service-client.ts';
import { untilAborted } from './settle-with.ts';

/** What beginning a file needs. */
export interface BeginContext extends RetryContext {
  readonly service: ServiceClient;
  readonly memory: Memory;
  readonly file: Blob;
  readonly declared: Omit<Declared, 'nonce' | 'checksum'>;
  readonly checksum: Checksum | undefined;
  /** Files of at most so many bytes go up in one piece; asked only where the file's checksum is wanted. */
  readonly thresholdBytes: () => Promise<number>;
}

/**
 * Begins a file and remembers it. One that is cancelled meanwhile is given up as soon as the service has answered.
 * @throws UploadError; the signal's reason
 */
export async function beginUpload(context: BeginContext): Promise<OpenUpload> {
  const { service, signal, declared, memory, environment } = context;
  const nonce = environment.newNonce();
  const checksum = await checksumOf(context);
  const file = { ...declared, nonce, ...checksum };
  const begun = await withRetries(context, async (attempt) => {
    const work = service.begin({ ...file, ...(attempt > 0 ? { retry: true } : {}) });
    try {
      return await untilAborted(signal, work);
    } catch (error) {
      // What is begun in spite of it is given up as soon as it is known.
      if (signal.aborted) void work.then(({ id }) => service.abort(id)).catch(() => undefined);
      throw error;
    }
  });
  const { id, key, expiresAt } = begun;
  const partBytes = begun.mode === 'multipart' ? begun.partBytes : undefined;
  await memory.keep({
    ...declared,
    algorithm: checksum.checksum?.algorithm,
    id,
    nonce,
    key,
    expiresAt,
    partBytes,
  });
  return planned(begun, context);
}

/** A plan that does not make the file leaves nothing behind. */
async function planned(begun: BegunUpload, context: BeginContext): Promise<OpenUpload> {
  try {
    return toOpenUpload(begun, context.declared.bytes);
  } catch (error) {
    await context.memory.forget();
    void context.service.abort(begun.id).catch(() => undefined);
    throw error;
  }
}

/** The whole file's digest where it goes up in one piece; parts have their own. */
async function checksumOf({
  checksum,
  declared: { bytes },
  file,
  signal,
  thresholdBytes,
}: BeginContext): Promise<Pick<Declared, 'checksum'>> {
  if (checksum === undefined) return {};
  const { algorithm } = checksum;
  if (bytes > (await thresholdBytes())) return { checksum: { algorithm } };
  return { checksum: { algorithm, value: await checksum.digest(file, signal).catch(rethrowRead) } };
}
