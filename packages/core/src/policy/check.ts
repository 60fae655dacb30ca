import type { AccessRequest } from './access-request.ts';
import type { Miss } from './denial.ts';
import type { Policy } from './policy.ts';

/** What was missed, in words that are made only when somebody will read them. */
export type LazyMiss = () => Miss;

/** One question about a request under one policy, at a time in milliseconds since the epoch. */
export type Check = (policy: Policy, request: AccessRequest, nowMs: number) => LazyMiss | undefined;

/** One question about the caller's or the generated key. */
export type KeyCheck = (policy: Policy, request: AccessRequest, key: string) => LazyMiss | undefined;
