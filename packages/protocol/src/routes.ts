import type { z } from 'zod';
import { downloadsRequestSchema, downloadsResponseSchema } from './downloads.ts';
import { limitsSchema } from './limits.ts';
import { listQuerySchema, listResponseSchema } from './objects.ts';
import { completeRequestSchema, completeResponseSchema } from './complete-uploads.ts';
import { abortResponseSchema, signResponseSchema, uploadIdsRequestSchema } from './upload-ids.ts';
import { receiptKeysSchema } from './receipt-keys.ts';
import { partsRequestSchema, partsResponseSchema } from './upload-parts.ts';
import { statusResponseSchema } from './upload-status.ts';
import { uploadsRequestSchema, uploadsResponseSchema } from './uploads.ts';

/** One route of v1. */
export interface Route {
  readonly method: 'get' | 'post';
  /** In OpenAPI's form; `{key}` may hold slashes. */
  readonly path: string;
  readonly summary: string;
  /** Whether anybody may ask. @default false */
  readonly isOpen?: boolean;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  /** Largest body. @default 1 MiB */
  readonly maxBodyBytes?: number;
  /** Absent for a redirect. */
  readonly answer?: z.ZodType;
}

/**
 * Every route of v1 by the name of what it does: the handler serves these, the OpenAPI file lists these.
 * @public
 */
export const routes = {
  limits: {
    method: 'get',
    path: '/v1/policies/{policy}',
    summary: 'What a user interface may offer under a policy',
    answer: limitsSchema,
  },
  downloads: {
    method: 'post',
    path: '/v1/downloads',
    summary: 'Presigned GET requests for objects',
    body: downloadsRequestSchema,
    answer: downloadsResponseSchema,
  },
  list: {
    method: 'get',
    path: '/v1/objects',
    summary: 'Objects under the prefix that the policy binds the caller to',
    query: listQuerySchema,
    answer: listResponseSchema,
  },
  object: {
    method: 'get',
    path: '/v1/objects/{policy}/{key}',
    summary: 'Redirect to a presigned GET, for links and images',
  },
  uploads: {
    method: 'post',
    path: '/v1/uploads',
    summary: 'Begin uploads; the server chooses key and method',
    body: uploadsRequestSchema,
    answer: uploadsResponseSchema,
  },
  parts: {
    method: 'post',
    path: '/v1/uploads/parts',
    summary: 'Requests for parts, first or anew; asks the store nothing',
    body: partsRequestSchema,
    answer: partsResponseSchema,
  },
  sign: {
    method: 'post',
    path: '/v1/uploads/sign',
    summary: 'Fresh requests for uploads in one piece whose URL has expired',
    body: uploadIdsRequestSchema,
    answer: signResponseSchema,
  },
  status: {
    method: 'post',
    path: '/v1/uploads/status',
    summary: 'Where uploads stand, by what the store shows',
    body: uploadIdsRequestSchema,
    answer: statusResponseSchema,
  },
  complete: {
    method: 'post',
    path: '/v1/uploads/complete',
    summary: 'Put parts together, verify uploads in the store and get their receipts; repeatable',
    body: completeRequestSchema,
    // 10,000 parts with ETag and SHA-256 are 1.3 MB.
    maxBodyBytes: 2 * 1024 * 1024,
    answer: completeResponseSchema,
  },
  abort: {
    method: 'post',
    path: '/v1/uploads/abort',
    summary: 'Give uploads up; fine when they are already gone',
    body: uploadIdsRequestSchema,
    answer: abortResponseSchema,
  },
  receiptKeys: {
    method: 'get',
    path: '/v1/receipts/keys',
    summary: 'Public keys that receipts are verified with',
    isOpen: true,
    answer: receiptKeysSchema,
  },
} as const satisfies Record<string, Route>;

/** @public */
export type RouteName = keyof typeof routes;
