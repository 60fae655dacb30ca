/** The handler over a real store, asked as a caller asks: requests in, responses out. */
import { systemClock, type Clock } from '@valetkey/core';
import { parseConfiguration } from '@valetkey/core/s3';
import { createBucket, requireEngine, type S3Description } from '@valetkey/testbed';
import { inject } from 'vitest';

import { createHandler, type Refusal, type ServiceOptions } from '../src/index.ts';
import { handlerInWorkerd, type Told } from './workerd/handler-in-workerd.ts';
import { bearerSubject, toService, type ServiceTerms } from './workerd/terms.ts';

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
  readonly corsHeaders?: readonly string[];
  readonly credentialsExpireAtMs?: number;
  readonly createRateCounter?: NonNullable<ServiceOptions['createRateCounter']>;
  readonly maxInFlight?: number;
  readonly isOverloaded?: () => boolean;
  /** What a caller is known only after. */
  readonly authenticating?: (who: string) => Promise<void>;
}

let buckets = 0;
let services = 0;

export async function serviceUnderTest(
  policies: readonly PolicyYaml[],
  options: Options = {},
): Promise<Under> {
  const s3 = requireEngine(inject('engines'), options.engine ?? 'seaweedfs');
  const bucket = `handler-${process.pid}-${(buckets += 1)}`;
  await createBucket(s3, bucket);
  return serviceOver({ s3, bucket }, policies, options);
}

/** No store is needed to be refused, nor to be signed for. */
export const nowhere = {
  bucket: 'user-media',
  s3: {
    name: 'existing',
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
    accessKeyId: 'AKIAEXAMPLEEXAMPLE12',
    secretAccessKey: 'not-a-secret',
  },
} as const;

/** Over a bucket that is there, or a store that is not. */
export function serviceOver(
  { s3, bucket }: { readonly s3: S3Description; readonly bucket: string },
  policies: readonly PolicyYaml[],
  options: Options = {},
): Under {
  const {
    corsOrigins = [],
    corsCredentials = false,
    corsHeaders = [],
    maxInFlight,
    secrets = [secret],
  } = options;
  const told: Told = { refusals: [], failures: [] };
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const terms: ServiceTerms = {
    id: `${process.pid} ${(services += 1)}`,
    store: { name: 'media', profile: 'seaweedfs', region, endpoint, addressing: 'path' },
    policies: policies.map((policy) => toPolicy({ lifetime: { max: '1h' }, ...policy }, bucket)),
    keys: { accessKeyId, secretAccessKey, expiresAtMs: options.credentialsExpireAtMs },
    secrets: secrets.map((bytes) => [...bytes]),
    corsOrigins,
    corsCredentials,
    corsHeaders,
    maxInFlight,
  };
  const handler = isForWorkerd(options)
    ? handlerInWorkerd(terms, told, () => (options.clock ?? systemClock).now())
    : handlerHere(terms, told, options);
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
    ...told,
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

/** No function gets into another process: a test that gives one stands in a file that only Node runs. */
function isForWorkerd({ fetch, createRateCounter, isOverloaded, authenticating }: Options): boolean {
  if (process.env['VALETKEY_TEST_RUNTIME'] !== 'workerd') return false;
  if ([fetch, createRateCounter, isOverloaded, authenticating].every((given) => given === undefined))
    return true;
  throw new Error('a test in workerd gives the service a function: move it to lost-answers or in-process');
}

function handlerHere(terms: ServiceTerms, told: Told, options: Options) {
  const { clock, fetch, createRateCounter, maxInFlight, isOverloaded, authenticating } = options;
  const service = toService(terms, {
    ...(clock === undefined ? {} : { clock }),
    ...(fetch === undefined ? {} : { fetch }),
    ...(createRateCounter === undefined ? {} : { createRateCounter }),
    hooks: {
      onDenied: (refusal) => told.refusals.push(refusal),
      onFailure: (error) => told.failures.push(error),
    },
  });
  return createHandler(service, {
    authenticate: (request) => {
      const subject = bearerSubject(request);
      return authenticating === undefined ? subject : authenticating(subject?.id ?? '').then(() => subject);
    },
    corsOrigins: terms.corsOrigins,
    corsCredentials: terms.corsCredentials,
    corsHeaders: terms.corsHeaders,
    ...(maxInFlight === undefined ? {} : { maxInFlight }),
    ...(isOverloaded === undefined ? {} : { isOverloaded }),
  });
}

/** A policy as `compilePolicy` takes it, from how the configuration file has it. */
function toPolicy(yaml: PolicyYaml, bucket: string): ServiceTerms['policies'][number] {
  const { policies } = parseConfiguration(
    JSON.stringify({
      stores: { media: { profile: 'seaweedfs', region: 'us-east-1', endpoint: 'http://127.0.0.1:9' } },
      policies: [{ store: 'media', bucket, ...yaml }],
    }),
    'valetkey.yaml',
  );
  const { name, subjects, rateLimit, notBefore, notAfter, ...rule }: Json = yaml;
  const limits = rateLimit === undefined ? undefined : policies[0]?.rateLimit;
  return {
    name,
    subjects,
    stores: ['media'],
    buckets: [bucket],
    rule,
    notBefore,
    notAfter,
    rateLimit: limits,
  };
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
