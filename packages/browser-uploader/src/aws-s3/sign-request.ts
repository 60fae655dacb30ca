import { loadSameBytes } from '../engine/on-demand.ts';
import type { Body, Meta, Uppy } from '@uppy/core';
import type { PresignedRequest } from '@valetkey/protocol';

import type { ServiceClient } from '../engine/service-client.ts';
import type { Plan } from './plan.ts';
import type { Plans } from './plans.ts';
import type { SignedParts } from './signed-parts.ts';
import { abortedAnswer, completedAnswer, createdAnswer, listedAnswer } from './store-answers.ts';

/** What the stock plugin wants to send. */
interface AskedRequest {
  readonly method: 'PUT' | 'POST' | 'GET' | 'DELETE';
  readonly key: string;
  readonly uploadId?: string;
  readonly partNumber?: number;
}

/**
 * `signRequest` of `@uppy/aws-s3` 6.
 * @public
 */
export type SignRequest = (
  request: AskedRequest,
) => Promise<{ url: string; key?: string; headers?: Record<string, string> }>;

interface SignContext<M extends Meta, B extends Body> {
  readonly uppy: Uppy<M, B>;
  readonly service: ServiceClient;
  readonly parts: SignedParts;
  readonly plans: Plans;
  readonly workerUrl: URL | undefined;
}

/** To the plugin the upload's id is the service's token. */
export function createSignRequest<M extends Meta, B extends Body>(context: SignContext<M, B>): SignRequest {
  const { uppy, service, parts, plans } = context;
  const complete = async (id: string) => {
    const { fileId } = plans.ofUpload(id);
    const result = await service.complete({ id });
    if (uppy.getState().files[fileId] !== undefined) uppy.setFileState(fileId, { valetkey: result });
    return { url: completedAnswer({ location: result.key, key: result.key, etag: result.etag }) };
  };
  const abort = async (id: string) => {
    await service.abort(id);
    parts.forget(id);
    return { url: abortedAnswer() };
  };
  return async ({ method, key, uploadId, partNumber }) => {
    if (uploadId === undefined) {
      const { plan } = plans.ofKey(key);
      if (method === 'POST') return { url: createdAnswer(plan.id), key: plan.key };
      if (method === 'PUT') return toSigned(await parts.request(plan, 1));
      throw new TypeError(`A ${method} of a whole object is no part of an upload.`);
    }
    switch (method) {
      case 'PUT':
        return toSigned(await parts.request(plans.ofUpload(uploadId).plan, partNumber ?? 1));
      case 'POST':
        return complete(uploadId);
      case 'GET':
        return { url: listedAnswer(await arrived(plans.ofUpload(uploadId), context)) };
      case 'DELETE':
        return abort(uploadId);
    }
  };
}

/** Parts that hold what the file holds: what Golden Retriever brought back may have changed in its middle. */
async function arrived<M extends Meta, B extends Body>(
  { fileId, plan: { id, bytes, partBytes } }: { readonly fileId: string; readonly plan: Plan },
  { uppy, service, workerUrl }: SignContext<M, B>,
): Promise<readonly { readonly partNumber: number; readonly etag: string }[]> {
  const { status, parts = [] } = await service.status(id);
  const partCount = Math.ceil(bytes / partBytes);
  // It is all there: the plugin goes on to complete.
  if (status === 'completed')
    return Array.from({ length: partCount }, (_, index) => ({ partNumber: index + 1, etag: 'arrived' }));
  const { data: file } = uppy.getFile(fileId);
  if (!(file instanceof Blob)) return [];
  const sameBytes = await loadSameBytes();
  const shown = await sameBytes?.samePartsOf({ bytes, partBytes, partCount }, parts, {
    environment: {},
    signal: new AbortController().signal,
    file,
    workerUrl,
    digestOf: async () => undefined,
  });
  return shown ?? [];
}

function toSigned({ url, headers }: PresignedRequest) {
  return { url, headers };
}
