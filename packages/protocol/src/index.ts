export {
  type DownloadsRequest,
  type DownloadsResponse,
  downloadsRequestSchema,
  downloadsResponseSchema,
} from './downloads.ts';
export { type Limits, limitsSchema } from './limits.ts';
export { type ListQuery, listQuerySchema, type ListResponse, listResponseSchema } from './objects.ts';
export { type OpenApiTerms, toOpenApi } from './openapi.ts';
export { type PresignedRequest, presignedRequestSchema } from './presigned-request.ts';
export { type Problem, type ProblemFacts, problemMediaType, problemSchema, toProblem } from './problem.ts';
export { type Route, type RouteName, routes } from './routes.ts';
export {
  type CompleteRequest,
  completeRequestSchema,
  type CompleteResponse,
  completeResponseSchema,
} from './complete-uploads.ts';
export {
  type AbortResponse,
  abortResponseSchema,
  type SignResponse,
  signResponseSchema,
  type UploadIdsRequest,
  uploadIdsRequestSchema,
} from './upload-ids.ts';
export {
  type PartRequest,
  type PartsRequest,
  partsRequestSchema,
  type PartsResponse,
  partsResponseSchema,
} from './upload-parts.ts';
export { type StatusResponse, statusResponseSchema, type StoredPart } from './upload-status.ts';
export {
  type NewFile,
  type UploadsRequest,
  uploadsRequestSchema,
  type UploadsResponse,
  uploadsResponseSchema,
} from './uploads.ts';
