/** What a test says of the service it wants, as text: it goes to another process. */
import { compilePolicy, defineStore, type Subject } from '@valetkey/core';

import { createService, type Refusal, type ServiceOptions } from '../../src/index.ts';

/** A service, described without functions. */
export interface ServiceTerms {
  /** Requests with the same one are answered by the same service, which remembers what it counted. */
  readonly id: string;
  readonly store: Parameters<typeof defineStore>[0];
  readonly policies: readonly Parameters<typeof compilePolicy>[0][];
  readonly keys: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly expiresAtMs?: number | undefined;
  };
  /** Each as its bytes. */
  readonly secrets: readonly (readonly number[])[];
  readonly corsOrigins: readonly string[];
  readonly corsCredentials: boolean;
  readonly corsHeaders: readonly string[];
  readonly maxInFlight?: number | undefined;
}

/** What the service's hooks were told. */
export interface ToldEvents {
  readonly refusals: readonly Refusal[];
  /** Name, code and message of each. */
  readonly failures: readonly { readonly name: string; readonly code?: string; readonly message: string }[];
}

/** Headers between a test and the Worker. */
export const headerNames = { terms: 'x-test-terms', now: 'x-test-now', events: 'x-test-events' } as const;

/** The service that terms describe. */
export function toService(
  terms: ServiceTerms,
  parts: Pick<ServiceOptions, 'clock' | 'fetch' | 'createRateCounter' | 'hooks'>,
): ReturnType<typeof createService> {
  const store = defineStore(terms.store);
  return createService({
    stores: new Map([[store.name, { store, credentials: async () => terms.keys }]]),
    policies: terms.policies.map((policy) => compilePolicy(policy, 'policy')),
    secrets: terms.secrets.map((bytes) => Uint8Array.from(bytes)),
    ...parts,
  });
}

/** `Bearer ann` is ann. */
export function bearerSubject(request: { readonly headers: Pick<Headers, 'get'> }): Subject | undefined {
  const id = /^Bearer ([a-z]+)$/.exec(request.headers.get('authorization') ?? '')?.[1];
  return id === undefined ? undefined : { kind: 'user', id, claims: {} };
}
