import type { Body, Meta, Uppy, UppyFile } from '@uppy/core';

import type { Environment } from '../engine/environment.ts';
import type { ServiceClient } from '../engine/service-client.ts';
import type { ToAwsS3Options } from './aws-s3-options.ts';
import type { Plan } from './plan.ts';
import type { SignedParts } from './signed-parts.ts';

/** The plans of files that are going up. */
export interface Plans {
  /** Declares files to the service; a refused one gets its error and is left out by the plugin. */
  readonly prepare: (fileIds: string[]) => Promise<void>;
  readonly ofFile: (fileId: string) => Plan;
  readonly ofKey: (key: string) => { readonly fileId: string; readonly plan: Plan };
  readonly ofUpload: (id: string) => { readonly fileId: string; readonly plan: Plan };
  /** One policy cuts files of one size alike. */
  readonly partBytesOf: (bytes: number) => number;
  readonly forget: (fileId: string) => void;
}

interface PlansContext<M extends Meta, B extends Body> {
  readonly uppy: Uppy<M, B>;
  readonly service: ServiceClient;
  readonly parts: SignedParts;
  readonly environment: Environment;
  readonly metadata: readonly string[];
  readonly objectHeaders: ToAwsS3Options['objectHeaders'];
}

export function createPlans<M extends Meta, B extends Body>(context: PlansContext<M, B>): Plans {
  const { uppy } = context;
  const plans = new Map<string, Plan>();
  const find = (what: string, isIt: (plan: Plan) => boolean) => {
    for (const [fileId, plan] of plans) if (isIt(plan)) return { fileId, plan };
    throw new TypeError(`${what} was not prepared: install the plugin with the options of toAwsS3Options.`);
  };
  const prepareOne = async (file: UppyFile<M, B>) => {
    try {
      plans.set(file.id, (await continued(file, context)) ?? (await begun(file, context)));
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      uppy.emit('upload-error', uppy.getFile(file.id), failure);
    }
  };
  return {
    prepare: async (fileIds) => {
      const files = uppy.getFilesByIds(fileIds).filter((file) => !file.isRemote && !isDone(file));
      await Promise.all(files.map(prepareOne));
    },
    ofFile: (fileId) => plans.get(fileId) ?? find('A file', () => false).plan,
    ofKey: (key) => find('A key', (plan) => plan.key === key),
    ofUpload: (id) => find('An upload', (plan) => plan.id === id),
    partBytesOf: (bytes) => find('A file', (plan) => plan.bytes === bytes).plan.partBytes,
    forget: (fileId) => void plans.delete(fileId),
  };
}

function isDone<M extends Meta, B extends Body>(file: UppyFile<M, B>): boolean {
  return Boolean(file.error) || Boolean(file.progress.uploadComplete);
}

async function begun<M extends Meta, B extends Body>(
  file: UppyFile<M, B>,
  { service, parts, environment, metadata, objectHeaders }: PlansContext<M, B>,
): Promise<Plan> {
  const bytes = file.size ?? 0;
  const all: Readonly<Record<string, unknown>> = file.meta;
  const kept = metadata.filter((name) => all[name] !== undefined && all[name] !== null);
  const upload = await service.begin({
    nonce: environment.newNonce(),
    name: file.meta.name,
    bytes,
    type: file.type ?? '',
    ...(kept.length === 0
      ? {}
      : { metadata: Object.fromEntries(kept.map((name) => [name, String(all[name])])) }),
    ...objectHeaders?.(file),
  });
  const { id, key, mode } = upload;
  parts.keep(id, mode === 'put' ? [{ partNumber: 1, ...upload.request }] : upload.parts);
  if (mode === 'put') return { id, key, bytes, mode, partBytes: bytes };
  return { id, key, bytes, mode, partBytes: upload.partBytes };
}

/** What Golden Retriever brought back over a reload, when the service still has it open. */
async function continued<M extends Meta, B extends Body>(
  file: UppyFile<M, B>,
  { uppy, service }: PlansContext<M, B>,
): Promise<Plan | undefined> {
  const kept: unknown = 's3Multipart' in file ? file.s3Multipart : undefined;
  if (!isKept(kept)) return undefined;
  const { status, bytes, partBytes } = await service.status(kept.uploadId);
  // Of what is complete already nothing shows that it is this file, nor of one PUT that is still to arrive.
  if (status === 'open' && bytes === file.size && partBytes !== undefined) {
    return { id: kept.uploadId, key: kept.key, bytes, mode: 'multipart', partBytes };
  }
  // The stock plugin's own field, which is typed only where that plugin is.
  const stale: object = { s3Multipart: undefined };
  uppy.setFileState(file.id, stale);
  return undefined;
}

function isKept(kept: unknown): kept is { readonly uploadId: string; readonly key: string } {
  return typeof kept === 'object' && kept !== null && 'uploadId' in kept && 'key' in kept;
}
