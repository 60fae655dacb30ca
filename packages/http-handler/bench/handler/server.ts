/// <reference types="node" />
/**
 * The server of the benchmark, in a process of its own: the handler, the same handler with the AWS SDK as its signer,
 * and a constant answer of the same size, all behind one `node:http` server. Tells its processor time when asked.
 */
import { createServer, type RequestListener } from 'node:http';

import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { compilePolicy, defineStore, formatInstant } from '@valetkey/core';

import {
  createHandler,
  createOverloadWatch,
  createService,
  toNodeHandler,
  type Service,
} from '../../src/index.ts';

const bucket = 'user-media';
const region = 'eu-central-1';
const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const lifetimeSeconds = 300;

const policy = compilePolicy(
  {
    name: 'files',
    subjects: [{ kind: 'user' }],
    stores: ['media'],
    buckets: [bucket],
    rule: { actions: ['download'], keys: ['files/{sub}/{any}'], lifetime: { default: '5m', max: '15m' } },
  },
  'policy',
);
const store = defineStore({ name: 'media', profile: 'aws', region });
const service = createService({
  stores: new Map([['media', { store, credentials: async () => keys }]]),
  policies: [policy],
  secrets: [new Uint8Array(32).fill(7)],
});
const options = { authenticate: () => ({ kind: 'user', id: 'ann', claims: {} }) as const };
const ours = createHandler(service, { ...options, isOverloaded: createOverloadWatch() });

const client = new S3Client({ region, credentials: keys });
const bySdk: Service['downloads'] = async (_subject, { items }) => ({
  serverTime: formatInstant(performance.timeOrigin + performance.now()),
  items: await Promise.all(
    items.map(async ({ key }) => ({
      method: 'GET' as const,
      url: await getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), {
        expiresIn: lifetimeSeconds,
      }),
      headers: {},
      expiresAt: formatInstant(performance.timeOrigin + performance.now() + lifetimeSeconds * 1000),
      limitedBy: 'policy' as const,
    })),
  ),
});
const sdk = createHandler({ ...service, downloads: bySdk }, { ...options, basePath: '/sdk' });

const sample = await ours(
  new Request('http://server/v1/downloads', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ policy: 'files', items: [{ key: 'files/ann/0.png' }] }),
  }),
);
const constantBody = await sample.text();
const constantHeaders = Object.fromEntries(sample.headers);

/** The least that a server of Node can do: read the body to its end, answer with as many headers and bytes. */
const constant: RequestListener = (incoming, outgoing) => {
  incoming.resume();
  incoming.on('end', () => {
    outgoing.writeHead(200, { ...constantHeaders, 'content-length': Buffer.byteLength(constantBody) });
    outgoing.end(constantBody);
  });
};
/** The same as a handler of the fetch standard, behind the same adapter. */
const constantFetch = toNodeHandler(async (request) => {
  await request.text();
  return new Response(constantBody, { headers: constantHeaders });
});
const [oursListener, sdkListener] = [toNodeHandler(ours), toNodeHandler(sdk)];

const server = createServer((incoming, outgoing) => {
  const { url = '/' } = incoming;
  if (url === '/constant') constant(incoming, outgoing);
  else if (url === '/constant-fetch') constantFetch(incoming, outgoing);
  else if (url.startsWith('/sdk/')) sdkListener(incoming, outgoing);
  else oursListener(incoming, outgoing);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined });
});
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicroseconds: user + system, residentBytes: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit(0));
