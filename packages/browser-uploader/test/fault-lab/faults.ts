/** Every fault that the laboratory knows: what breaks, and what is to come of it. */
import { setTimeout as delay } from 'node:timers/promises';

import { s3Fault, s3Operation, type Fault, type FaultRule } from '@valetkey/testbed';

import type { Lab } from './lab.ts';

/** How a file travels. */
export type Mode = 'put' | 'multipart';

/** One thing that goes wrong. */
export interface LabFault {
  readonly name: string;
  /** `success`, or the codes one of which the page is told. Nothing but the truth is a success in any case. */
  readonly outcome: 'success' | readonly string[];
  /** What the person who reads the error must find in it. */
  readonly says?: RegExp;
  /** The upload is remembered on the page, so that it goes on after a reload. */
  readonly resumes?: boolean;
  /** `npm test` runs it too. */
  readonly isQuick: boolean;
  /** It strikes requests, and is no case when it struck none. */
  readonly isOfRequests: boolean;
  /** Breaks it. What it gives mends it again, at its time, and is awaited. */
  readonly strike: (lab: Lab, mode: Mode) => Promise<void> | void;
}

const data = (mode: Mode) => (mode === 'put' ? s3Operation.putObject : s3Operation.uploadPart);
const page = { kind: 'status', corsHeaders: true } as const;
const retryAfterOne = { 'retry-after': '1' };
const slowly = { kind: 'throttle', bytesPerSecond: 2 ** 20 } as const;
/** Of a clock that is 20 minutes wrong; a store tells whole seconds, and a slow machine reads them late. */
const offBy20Minutes = /\b(119[5-9]|120\d) seconds\b/;

/** A fault of the store, of the request that carries the bytes. */
function onData(fault: Fault, times = 1): LabFault['strike'] {
  return ({ store }, mode) => store.script([{ when: data(mode), times, fault }]);
}

/** A fault of the signing service, of its first calls or of those to a path. */
function onSigner(fault: Fault, times = 1, path?: string): LabFault['strike'] {
  return ({ signer }) =>
    signer.script([{ when: { method: 'POST', ...(path === undefined ? {} : { path }) }, times, fault }]);
}

/** Does it when the first part has arrived and another is on its way, or the one piece is. */
function inTheMiddle(act: (lab: Lab) => Promise<void>): LabFault['strike'] {
  return async (lab, mode) => {
    lab.store.script([{ when: { ...data(mode), from: mode === 'put' ? 0 : 1 }, fault: slowly }]);
    const arrived = () => lab.store.log().filter(({ method, status }) => method === 'PUT' && status === 200);
    const before = arrived().length;
    await untilStruck(lab);
    const least = before + (mode === 'put' ? 0 : 1);
    while (arrived().length < least) await delay(10);
    await act(lab);
  };
}

/** A page that sees answers without CORS headers. */
function withoutCors(mode: Mode): readonly FaultRule[] {
  const fault = {
    kind: 'hide-headers',
    headers: ['access-control-allow-origin', 'access-control-allow-methods', 'access-control-allow-headers'],
  } as const;
  return [
    { when: { method: 'OPTIONS' }, times: Infinity, fault },
    { when: data(mode), times: Infinity, fault },
  ];
}

const quick = new Set([
  'store: 503 with Retry-After, twice',
  'store: reset after 1 MiB',
  'store: answer lost after storing',
  'store: URL expired',
  'store: 200 with an error body on complete',
  'store: CORS off',
  'signer: policy withdrawn while uploading',
  'signer: answer to begin lost',
  'clock of the service: 20 minutes slow',
  'page: reloaded in the middle',
]);

const ofClocks = [
  'clock of the page: 20 minutes fast',
  'clock of the page: 20 minutes slow',
  'clock of the service: 20 minutes fast',
  'clock of the service: 20 minutes slow',
  'clock of the service: 20 minutes slow, URLs of 10 minutes',
];
const withoutRequests = new Set(['none', ...ofClocks]);

const succeeds = (name: string, strike: LabFault['strike']) => ({
  name,
  outcome: 'success' as const,
  strike,
});

const faults: readonly Omit<LabFault, 'isQuick' | 'isOfRequests'>[] = [
  succeeds('none', () => undefined),
  succeeds(
    'store: 503 with Retry-After, twice',
    onData(s3Fault(503, 'SlowDown', { headers: retryAfterOne }), 2),
  ),
  succeeds('store: 500 that the page may not read', onData({ kind: 'status', status: 500 })),
  succeeds('store: reset at the request', onData({ kind: 'reset' })),
  succeeds('store: reset after 1 MiB', onData({ kind: 'reset', at: 'body', afterBytes: 2 ** 20 })),
  succeeds('store: reset after the last byte', onData({ kind: 'reset', at: 'body', afterBytes: Infinity })),
  succeeds('store: answer lost after storing', onData({ kind: 'lost-answer' })),
  succeeds('store: answer cut in its head', onData({ kind: 'cut-answer', afterBytes: 0 })),
  succeeds('store: 1 MiB/s', onData(slowly)),
  succeeds('store: URL expired', onData(s3Fault(403, 'AccessDenied', { message: 'Request has expired' }))),
  succeeds('store: 400 ExpiredToken', onData(s3Fault(400, 'ExpiredToken'))),
  succeeds('store: 200 with an error body', onData(s3Fault(200, 'InternalError'))),
  succeeds('store: 200 with an error body on complete', ({ store }, mode) =>
    store.script(
      mode === 'put'
        ? [{ when: s3Operation.headObject, fault: { kind: 'status', status: 503 } }]
        : [{ when: s3Operation.completeMultipartUpload, fault: s3Fault(200, 'InternalError') }],
    ),
  ),
  succeeds('store: answer to complete lost', ({ store }, mode) =>
    store.script([
      {
        when: mode === 'put' ? s3Operation.headObject : s3Operation.completeMultipartUpload,
        fault: { kind: 'lost-answer' },
      },
    ]),
  ),
  {
    name: 'store: CORS off',
    outcome: ['cors'],
    says: /AllowedOrigins \["http:.*\], AllowedMethods \["PUT"\]/,
    strike: ({ store }, mode) => store.script(withoutCors(mode)),
  },
  succeeds('store: ETag hidden', ({ store }, mode) =>
    store.script([
      {
        when: data(mode),
        times: Infinity,
        fault: { kind: 'hide-headers', headers: ['access-control-expose-headers'] },
      },
    ]),
  ),
  {
    name: 'signer: 401',
    outcome: ['unauthenticated'],
    says: /Sign in/,
    strike: onSigner({ ...page, status: 401 }, Infinity),
  },
  succeeds('signer: 429 with Retry-After', onSigner({ ...page, status: 429, headers: retryAfterOne }, 2)),
  succeeds('signer: 500', onSigner({ ...page, status: 500 }, 2)),
  succeeds(
    'signer: 502 with a page of HTML',
    onSigner({ ...page, status: 502, body: '<html>Bad gateway</html>', contentType: 'text/html' }),
  ),
  succeeds(
    'signer: 200 with a page of HTML',
    onSigner({ ...page, status: 200, body: '<html>Sign in to the network</html>', contentType: 'text/html' }),
  ),
  succeeds('signer: reset', onSigner({ kind: 'reset' }, 2)),
  succeeds('signer: answer to begin lost', onSigner({ kind: 'lost-answer' }, 1, '/v1/uploads')),
  succeeds('signer: answer to complete lost', onSigner({ kind: 'lost-answer' }, 1, '/v1/uploads/complete')),
  {
    name: 'signer: policy withdrawn while uploading',
    outcome: ['forbidden'],
    strike: async (lab, mode) => {
      lab.store.script([{ when: data(mode), fault: { kind: 'delay', ms: 300 } }]);
      await untilStruck(lab);
      lab.serve(undefined);
    },
  },
  succeeds('clock of the page: 20 minutes fast', ({ skewPage }) => skewPage(20)),
  succeeds('clock of the page: 20 minutes slow', ({ skewPage }) => skewPage(-20)),
  succeeds('clock of the service: 20 minutes fast', ({ skewService }) => skewService(20)),
  {
    // As S3 itself does; the two stores here take dates from the future.
    name: 'clock of the service: 20 minutes fast, and a store that minds',
    outcome: ['clock-skewed'],
    says: offBy20Minutes,
    strike: ({ skewService, store }) => {
      skewService(20);
      store.script([{ when: {}, times: Infinity, fault: s3Fault(403, 'RequestTimeTooSkewed') }]);
    },
  },
  {
    // URLs of an hour still work; those that the service signs for itself do not, and it cannot look at the object.
    name: 'clock of the service: 20 minutes slow',
    outcome: ['clock-skewed'],
    says: offBy20Minutes,
    strike: ({ skewService }) => skewService(-20),
  },
  {
    name: 'clock of the service: 20 minutes slow, URLs of 10 minutes',
    outcome: ['clock-skewed'],
    says: offBy20Minutes,
    strike: ({ skewService, serve }) => {
      serve({ lifetime: { max: '10m' } });
      skewService(-20);
    },
  },
  succeeds('store: URL that ends before its request comes', (lab, mode) => {
    lab.serve({ lifetime: { max: '3s' } });
    return onData({ kind: 'delay', ms: 4500 })(lab, mode);
  }),
  succeeds('store: URL that ends while its bytes are on their way', (lab, mode) => {
    lab.serve({ lifetime: { max: '2s' } });
    return onData(slowly)(lab, mode);
  }),
  {
    ...succeeds(
      'page: reloaded in the middle',
      inTheMiddle(({ reload }) => reload()),
    ),
    resumes: true,
  },
  {
    ...succeeds(
      'page: reloaded in the middle, and the policy has another part size',
      inTheMiddle(({ serve, reload }) => {
        serve({ upload: { multipartThreshold: '6Mi', partSize: '7Mi' } });
        return reload();
      }),
    ),
    resumes: true,
  },
  succeeds('page: offline for 5 s', async (lab, mode) => {
    lab.store.script([{ when: data(mode), fault: slowly }]);
    await untilStruck(lab);
    await lab.page.context().setOffline(true);
    await delay(5000);
    await lab.page.context().setOffline(false);
  }),
  succeeds('store: reads no more after 1 MiB', onData({ kind: 'stop-reading', afterBytes: 2 ** 20 })),
  succeeds('store: never answers', onData({ kind: 'black-hole' })),
  succeeds('store: 503 for 30 s', async (lab, mode) => {
    await onData(s3Fault(503, 'SlowDown'), Infinity)(lab, mode);
    await delay(30_000);
    lab.store.clear();
  }),
  succeeds('signer: down for 30 s', async (lab, mode) => {
    await onSigner({ kind: 'reset' }, Infinity)(lab, mode);
    await delay(30_000);
    lab.signer.clear();
  }),
];

/** In the order of the matrix. */
export const labFaults: readonly LabFault[] = faults.map((fault) => ({
  ...fault,
  isQuick: quick.has(fault.name),
  isOfRequests: !withoutRequests.has(fault.name),
}));

/** Resolves when the store's layer strikes the next time. */
async function untilStruck({ store }: Lab): Promise<void> {
  const strikes = () => store.log().filter(({ fault }) => fault !== undefined).length;
  const before = strikes();
  while (strikes() === before) await delay(10);
}
