import type { PresignedRequest } from '@valetkey/protocol';

import type { ServerClock } from '../engine/server-clock.ts';
import type { ServiceClient } from '../engine/service-client.ts';
import { UploadError } from '../engine/upload-error.ts';
import type { Plan } from './plan.ts';

/** Parts whose requests are asked for together. */
const windowParts = 16;
/** A request is signed anew when less of its life than this is left. */
const leastLifeMs = 10_000;

/** Requests for the parts of uploads, asked for a window at a time. */
export interface SignedParts {
  readonly keep: (id: string, parts: readonly NumberedRequest[]) => void;
  /** A file in one piece is its own first part. */
  readonly request: (plan: Plan, partNumber: number) => Promise<PresignedRequest>;
  readonly forget: (id: string) => void;
}

type NumberedRequest = PresignedRequest & { readonly partNumber: number };

export function createSignedParts(service: ServiceClient, clock: ServerClock): SignedParts {
  const known = new Map<string, Map<number, PresignedRequest>>();
  const keep = (id: string, parts: readonly NumberedRequest[]) => {
    const ofUpload = known.get(id) ?? new Map<number, PresignedRequest>();
    for (const { partNumber, ...request } of parts) ofUpload.set(partNumber, request);
    known.set(id, ofUpload);
  };
  const fresh = (id: string, partNumber: number) => {
    const request = known.get(id)?.get(partNumber);
    return request !== undefined && clock.msUntil(request.expiresAt) > leastLifeMs ? request : undefined;
  };
  return {
    keep,
    request: async ({ id, mode, bytes, partBytes }, partNumber) => {
      const found = fresh(id, partNumber);
      if (found !== undefined) return found;
      if (mode === 'put') return (await service.sign(id)).request;
      const length = Math.min(windowParts, Math.ceil(bytes / partBytes) - partNumber + 1);
      const partNumbers = Array.from({ length }, (_, index) => partNumber + index);
      keep(id, (await service.parts({ id, partNumbers })).parts);
      const asked = fresh(id, partNumber);
      if (asked === undefined) {
        throw new UploadError('network', `The signing service left part ${partNumber} out.`);
      }
      return asked;
    },
    forget: (id) => void known.delete(id),
  };
}
