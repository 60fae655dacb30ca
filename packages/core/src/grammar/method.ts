/**
 * HTTP methods a presigned URL can carry.
 * @public
 */
export type Method = 'GET' | 'HEAD' | 'PUT' | 'DELETE';

/** All of them. */
export const methods = ['GET', 'HEAD', 'PUT', 'DELETE'] as const satisfies readonly Method[];
