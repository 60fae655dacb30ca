/** An upload that the service knows: begun now, or taken up again. */
import type { NewFile, PartRequest, PresignedRequest, StoredPart } from '@valetkey/protocol';

import { toPlan, type Plan } from './plan.ts';
import type { BegunUpload } from './service-client.ts';

/** How the bytes go. */
type Transfer =
  | { readonly mode: 'put'; readonly request: PresignedRequest }
  | MultipartTransfer
  /** Everything is in the store already, in the parts of the plan. */
  | { readonly mode: 'none'; readonly plan: Plan | undefined };

/** In parts. */
export interface MultipartTransfer {
  readonly mode: 'multipart';
  readonly plan: Plan;
  /** Requests that came with it. */
  readonly first: readonly PartRequest[];
  /** Parts that are in the store already, by number. */
  readonly stored: ReadonlyMap<number, StoredPart>;
  /** Another page may have sent them, of a file that has changed since. */
  readonly isTakenUp?: boolean;
}

export interface OpenUpload {
  readonly id: string;
  readonly transfer: Transfer;
}

/** What an upload is begun with. */
export type Declared = Omit<NewFile, 'ref' | 'retry'>;

/** @throws UploadError `size-mismatch` when the service's plan does not make the file */
export function toOpenUpload(begun: BegunUpload, bytes: number): OpenUpload {
  const { id } = begun;
  if (begun.mode === 'put') return { id, transfer: { mode: 'put', request: begun.request } };
  const { partBytes, partCount, parts } = begun;
  const plan = toPlan(bytes, partBytes, partCount);
  return { id, transfer: { mode: 'multipart', plan, first: parts, stored: new Map() } };
}
