export {
  type DownloadsRequest,
  type DownloadsResponse,
  downloadsRequestSchema,
  downloadsResponseSchema,
} from './downloads.ts';
export { type Limits, limitsSchema } from './limits.ts';
export { type ListQuery, listQuerySchema, type ListResponse, listResponseSchema } from './objects.ts';
export { toOpenApi } from './openapi.ts';
export { type PresignedRequest, presignedRequestSchema } from './presigned-request.ts';
export { type Problem, type ProblemFacts, problemMediaType, problemSchema, toProblem } from './problem.ts';
export { type Route, type RouteName, routes } from './routes.ts';
export {
  type AbortResponse,
  abortResponseSchema,
  type CompleteResponse,
  completeResponseSchema,
  type NewFile,
  type SignResponse,
  signResponseSchema,
  type StatusResponse,
  statusResponseSchema,
  type UploadIdsRequest,
  uploadIdsRequestSchema,
  type UploadsRequest,
  uploadsRequestSchema,
  type UploadsResponse,
  uploadsResponseSchema,
} from './uploads.ts';
