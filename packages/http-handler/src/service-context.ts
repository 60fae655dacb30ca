/** What every operation of the service needs, and the three things each of them does first. */
import {
  evaluate,
  isSelected,
  presign,
  quote,
  systemClock,
  ValetkeyError,
  type AccessRequest,
  type Clock,
  type Denial,
  type Grant,
  type PresignedUrl,
  type SigningCredentials,
  type Subject,
} from '@valetkey/core';

import { LimitMissed } from './limit-missed.ts';
import { createPolicyBook, type PolicyEntry } from './policy-book.ts';
import { limitCodes } from './to-problem.ts';
import { createRateLimits, type RateLimits } from './rate-limits.ts';
import { toSafeHooks, type SafeHooks } from './service-hooks.ts';
import { checkSecrets, deriveServiceKeys, type ServiceKey } from './service-keys.ts';
import type { ServiceOptions } from './service-options.ts';
import { createReceiptSigner, type ReceiptSigner } from './uploads/receipt-keys.ts';
import type { CallContext } from './store/store-call.ts';

/** @internal */
export interface ServiceContext {
  readonly book: ReadonlyMap<string, PolicyEntry>;
  readonly stores: ServiceOptions['stores'];
  readonly keys: () => Promise<readonly [ServiceKey, ...ServiceKey[]]>;
  readonly receipts: ReceiptSigner;
  readonly clock: Clock;
  readonly hooks: SafeHooks;
  readonly rateLimits: RateLimits;
  readonly call: () => CallContext;
}

/** Fills the defaults in. */
export function toContext(options: ServiceOptions): ServiceContext {
  const { clock = systemClock, fetch = globalThis.fetch } = options;
  checkSecrets(options.secrets);
  let derived: ReturnType<typeof deriveServiceKeys> | undefined;
  const keys = () => (derived ??= deriveServiceKeys(options.secrets));
  return {
    book: createPolicyBook(options),
    stores: options.stores,
    keys,
    receipts: createReceiptSigner(options.receiptKeys ?? [], keys),
    clock,
    hooks: toSafeHooks(options.hooks ?? {}),
    rateLimits: createRateLimits(options.policies, options.createRateCounter),
    call: () => ({ fetch, nowMs: clock.now() }),
  };
}

/**
 * The policy of a request, counted against its rate limit.
 * @throws ValetkeyError as {@link entryFor}, `rate-limited`
 */
export async function enter(context: ServiceContext, subject: Subject, policy: string): Promise<PolicyEntry> {
  const entry = await entryFor(context, subject, policy);
  await context.rateLimits.takeRequest(entry.policy, subject);
  return entry;
}

/**
 * The policy of a name.
 * @throws ValetkeyError `forbidden` alike for a policy that does not exist and one that is not for the subject
 */
export async function entryFor(
  { book, hooks }: ServiceContext,
  subject: Subject,
  policy: string,
): Promise<PolicyEntry> {
  const entry = book.get(policy);
  if (entry === undefined || !entry.policy.subjects.some((selector) => isSelected(subject, selector))) {
    const code = entry === undefined ? 'no-policy-matched' : 'subject-not-allowed';
    // Of nobody's making but the caller's when there is none of the name.
    const name = entry === undefined ? quote(policy) : policy;
    await hooks.onDenied({
      subject,
      policy: name,
      code,
      field: 'policy',
      expected: 'a policy for it',
      got: name,
    });
    throw new ValetkeyError('forbidden');
  }
  return entry;
}

type Terms = Omit<AccessRequest, 'store' | 'bucket'>;

/**
 * The grant of a request under one policy.
 * @throws ValetkeyError what the caller may know of a denial: a limit that was missed, or `forbidden`
 */
export async function grantUnder(
  { clock, hooks }: ServiceContext,
  { policy, set, storeName, bucket }: PolicyEntry,
  terms: Terms,
  uuid?: string,
): Promise<Grant> {
  const request = { ...terms, store: storeName, bucket };
  const newUuid = () => uuid ?? crypto.randomUUID();
  const evaluation = evaluate(set, request, { nowMs: clock.now(), newUuid });
  if (evaluation.allowed) return evaluation.grant;
  const [denial] = evaluation.denials;
  if (denial === undefined) throw new ValetkeyError('forbidden');
  await hooks.onDenied({ ...denial, subject: terms.subject, policy: policy.name });
  if (terms.upload !== undefined && limitCodes.has(denial.code)) throw new LimitMissed(denial, policy);
  throw toVisible(denial);
}

/** Signs for the policy's store. */
export function signGrant(
  { clock }: ServiceContext,
  { target }: PolicyEntry,
  grant: Grant,
  credentials: SigningCredentials,
): PresignedUrl {
  return presign(grant, credentials, { store: target.store, nowMs: clock.now() });
}

/** What signs downloads of the policy's store; one for a whole batch, so that keys are fetched once. */
export async function downloadSigner(
  { clock }: ServiceContext,
  { target: { store, credentials, sign } }: PolicyEntry,
): Promise<(grant: Grant) => PresignedUrl | Promise<PresignedUrl>> {
  if (sign !== undefined) return sign;
  const keys = await credentials();
  return (grant) => presign(grant, keys, { store, nowMs: clock.now() });
}

function toVisible({ code, field, expected, got }: Denial): ValetkeyError {
  return limitCodes.has(code)
    ? new ValetkeyError(code, { field, expected, got })
    : new ValetkeyError('forbidden');
}
