/** The handler over a real store, asked as a caller asks: requests in, responses out. */
import { defineStore, type Clock, type Subject } from '@valetkey/core';
import { parseConfiguration } from '@valetkey/core/s3';
import { createBucket, requireEngine, type S3Description } from '@valetkey/testbed';
import { inject } from 'vitest';

import { createHandler, createService, type Refusal, type ServiceOptions } from '../src/index.ts';

export const secret = new Uint8Array(32).fill(7);

/** A policy as the configuration file has it. */
export type PolicyYaml = Readonly<Record<string, unknown>>;

export interface Under {
  readonly bucket: string;
  readonly s3: S3Description;
  readonly handler: (request: Request) => Promise<Response>;
  readonly refusals: Refusal[];
  readonly failures: unknown[];
  /** Sends JSON as somebody and reads the answer. */
  readonly post: (path: string, body: unknown, who?: string) => Promise<{ status: number; body: Json }>;
  readonly get: (path: string, who?: string) => Promise<{ status: number; body: Json }>;
}

/** Answers are looked into freely by tests. */
export type Json = ReturnType<typeof JSON.parse>;

export interface Options {
  readonly engine?: 'seaweedfs' | 'versitygw';
  readonly clock?: Clock;
  readonly fetch?: NonNullable<ServiceOptions['fetch']>;
  readonly secrets?: readonly Uint8Array[];
  readonly corsOrigins?: readonly string[];
  readonly corsCredentials?: boolean;
  readonly credentialsExpireAtMs?: number;
  readonly createRateCounter?: NonNullable<ServiceOptions['createRateCounter']>;
  readonly maxInFlight?: number;
  readonly isOverloaded?: () => boolean;
  /** Callers are known only after this. */
  readonly authenticating?: Promise<void>;
}

let buckets = 0;

export async function serviceUnderTest(
  policies: readonly PolicyYaml[],
  options: Options = {},
): Promise<Under> {
  const s3 = requireEngine(inject('engines'), options.engine ?? 'seaweedfs');
  const bucket = `handler-${process.pid}-${(buckets += 1)}`;
  await createBucket(s3, bucket);
  return serviceOver({ s3, bucket }, policies, options);
}

/** Over a bucket that is there, or a store that is not. */
export function serviceOver(
  { s3, bucket }: { readonly s3: S3Description; readonly bucket: string },
  policies: readonly PolicyYaml[],
  options: Options = {},
): Under {
  const { clock, fetch, secrets = [secret], corsOrigins = [], credentialsExpireAtMs } = options;
  const { createRateCounter, maxInFlight, isOverloaded, authenticating, corsCredentials = false } = options;
  const refusals: Refusal[] = [];
  const failures: unknown[] = [];
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const configuration = parseConfiguration(
    JSON.stringify({
      stores: { media: { profile: 'seaweedfs', region, endpoint, addressing: 'path' } },
      policies: policies.map((policy) => ({ store: 'media', bucket, lifetime: { max: '1h' }, ...policy })),
    }),
    'valetkey.yaml',
  );
  const store = defineStore({ name: 'media', profile: 'seaweedfs', region, endpoint, addressing: 'path' });
  const service = createService({
    stores: new Map([
      [
        'media',
        {
          store,
          credentials: async () => ({ accessKeyId, secretAccessKey, expiresAtMs: credentialsExpireAtMs }),
        },
      ],
    ]),
    policies: configuration.policies,
    secrets,
    ...(clock === undefined ? {} : { clock }),
    ...(fetch === undefined ? {} : { fetch }),
    ...(createRateCounter === undefined ? {} : { createRateCounter }),
    hooks: { onDenied: (refusal) => refusals.push(refusal), onFailure: (error) => failures.push(error) },
  });
  const handler = createHandler(service, {
    authenticate: async (request) => {
      await authenticating;
      return toSubject(request);
    },
    corsOrigins,
    corsCredentials,
    ...(maxInFlight === undefined ? {} : { maxInFlight }),
    ...(isOverloaded === undefined ? {} : { isOverloaded }),
  });
  const send = async (request: Request) => {
    const response = await handler(request);
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const headersOf = (who: string) => ({ authorization: `Bearer ${who}` });
  return {
    bucket,
    s3,
    handler,
    refusals,
    failures,
    get: (path, who = 'ann') => send(new Request(`http://signer${path}`, { headers: headersOf(who) })),
    post: (path, body, who = 'ann') =>
      send(
        new Request(`http://signer${path}`, {
          method: 'POST',
          headers: { ...headersOf(who), 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
  };
}

/** `Bearer ann` is ann. */
function toSubject(request: Request): Subject | undefined {
  const id = /^Bearer ([a-z]+)$/.exec(request.headers.get('authorization') ?? '')?.[1];
  return id === undefined ? undefined : { kind: 'user', id, claims: {} };
}

/** Sends a presigned request of an answer. */
export function follow(
  { method, url, headers }: { method: string; url: string; headers: Record<string, string> },
  body?: string | Uint8Array,
): Promise<Response> {
  return fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body: Uint8Array.from(Buffer.from(body)) }),
  });
}
