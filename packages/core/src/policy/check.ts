import type { AccessRequest } from './access-request.ts';
import type { Miss } from './denial.ts';
import type { Policy } from './policy.ts';

/** One question about a request under one policy; `key` is the caller's or the generated one. */
export type Check = (policy: Policy, request: AccessRequest, key: string | undefined) => Miss | undefined;
