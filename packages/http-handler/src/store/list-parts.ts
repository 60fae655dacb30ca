import { parseBucket, type ChecksumAlgorithm } from '@valetkey/core';
import { z } from 'zod';

import type { ServiceStore } from '../service-options.ts';
import { parseAnswer } from './parse-answer.ts';
import { callStore, unavailable, type CallContext } from './store-call.ts';

/** An upload in parts, in the store. */
export interface MultipartPlace {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
}

/** One part as the store lists it. */
export interface ListedPart {
  readonly partNumber: number;
  readonly bytes: number;
  readonly etag: string;
  readonly lastModified: string;
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
}

/** 10,000 parts are ten pages; one store lists parts that were sent again as often as they came. */
const maxPages = 100;
/** S3's last. */
const lastPart = 10_000;

const text = z.string().default('');
const answerSchema = z.object({
  ListPartsResult: z.object({
    Part: z
      .array(
        z.object({
          PartNumber: z.string(),
          Size: text,
          ETag: text,
          LastModified: text,
          ChecksumCRC32: z.string().optional(),
          ChecksumCRC32C: z.string().optional(),
          ChecksumCRC64NVME: z.string().optional(),
          ChecksumSHA1: z.string().optional(),
          ChecksumSHA256: z.string().optional(),
        }),
      )
      .default([]),
    IsTruncated: z.string().default('false'),
    NextPartNumberMarker: z.string().optional(),
  }),
});

type Result = z.output<typeof answerSchema>['ListPartsResult'];

/**
 * Every part that the store holds, all pages read, in the store's order; undefined when it knows no such upload.
 * @throws ValetkeyError `store-unavailable`, `store-refused`, `clock-skewed`, `credentials-unavailable`,
 * `credentials-expired`
 */
export async function listParts(
  place: MultipartPlace,
  target: ServiceStore,
  context: CallContext,
): Promise<readonly ListedPart[] | undefined> {
  const { endpoint } = target.store;
  const call = { kind: 'list-parts', ...place, bucket: parseBucket(place.bucket, 'bucket') } as const;
  const parts: ListedPart[] = [];
  let after: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await callStore({ ...call, after }, target, context);
    if (answer.status === 404) return undefined;
    const { ListPartsResult: result } = parseAnswer(answer, answerSchema, {
      endpoint,
      what: 'a listing of parts',
    });
    parts.push(...result.Part.map(toPart));
    if (result.IsTruncated !== 'true') return parts;
    const next = markerAfter(result);
    if (next === undefined || next === after) break;
    after = next;
  }
  throw unavailable(endpoint, 'a listing of parts without end');
}

/**
 * Where the next page begins. One store sorts part 10,000 by its first four digits, before 1000: nothing can follow it,
 * so a page that ends with it goes on behind the others, and part 10,000 is told twice.
 */
function markerAfter({ Part, NextPartNumberMarker }: Result): string | undefined {
  if (NextPartNumberMarker !== String(lastPart)) return NextPartNumberMarker;
  const numbers = Part.map(({ PartNumber }) => Number(PartNumber)).filter((number) => number < lastPart);
  return numbers.length === 0 ? undefined : String(Math.max(...numbers));
}

function toPart(part: Result['Part'][number]): ListedPart {
  const { ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 } = part;
  return {
    partNumber: Number(part.PartNumber),
    bytes: Number(part.Size),
    etag: part.ETag,
    lastModified: part.LastModified,
    checksums: {
      ...(ChecksumCRC32 === undefined ? {} : { CRC32: ChecksumCRC32 }),
      ...(ChecksumCRC32C === undefined ? {} : { CRC32C: ChecksumCRC32C }),
      ...(ChecksumCRC64NVME === undefined ? {} : { CRC64NVME: ChecksumCRC64NVME }),
      ...(ChecksumSHA1 === undefined ? {} : { SHA1: ChecksumSHA1 }),
      ...(ChecksumSHA256 === undefined ? {} : { SHA256: ChecksumSHA256 }),
    },
  };
}
