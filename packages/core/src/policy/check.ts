import type { AccessRequest } from './access-request.ts';
import type { Miss } from './denial.ts';
import type { Policy } from './policy.ts';

/** What was missed, in words that are made only when somebody will read them. */
export type LazyMiss = () => Miss;

/** One question about a request under one policy; `key` is the caller's or the generated one. */
export type Check = (policy: Policy, request: AccessRequest, key: string | undefined) => LazyMiss | undefined;
