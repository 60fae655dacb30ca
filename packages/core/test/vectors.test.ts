/// <reference types="node" />
/** The published vectors, checked by signers and a verifier that share nothing with the one that made them. */
import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, test } from 'vitest';

import { toCanonicalRequest } from '../src/explain/canonical-request.ts';
import { parseRawUrl } from '../src/explain/raw-url.ts';
import { readSignedParameters } from '../src/explain/signed-parameters.ts';
import { verify } from '../src/explain.ts';
import { presign, ValetkeyError } from '../src/signing.ts';
import { base, cases, credentials, traps, type VectorCase } from '../vectors/cases.ts';
import { makeVectors } from '../vectors/make-vectors.ts';

interface Vector extends VectorCase {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  readonly signature: string;
  readonly url: string;
}

const file = readFileSync(new URL('../vectors/sigv4-presign-vectors.json', import.meta.url), 'utf8');
const document: { readonly vectors: readonly Vector[]; readonly traps: readonly unknown[] } =
  JSON.parse(file);

describe('the published vectors', () => {
  test('are what our signer makes; `npm run generate` writes them again', () => {
    expect(file).toBe(makeVectors());
    expect([document.vectors.length, document.traps.length]).toEqual([cases.length, traps.length]);
    expect(new Set([...cases, ...traps].map(({ name }) => name)).size).toBe(cases.length + traps.length);
  });

  test("hold the example of AWS's documentation with the signature printed there", () => {
    expect(document.vectors.find(({ name }) => name === 'documentation-example')?.signature).toBe(
      'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    );
  });

  test("hold only keys of AWS's documentation", () => {
    for (const keys of Object.values(credentials)) {
      expect(`${keys.accessKeyId}/${keys.secretAccessKey}`).toMatch(
        /^A(?:KI|SI)AIOSFODNN7EXAMPLE\/wJalrXUtnFEMI\/K7MDENG\/bPxRfiCYEXAMPLEKEY$/,
      );
    }
  });
});

describe.each(document.vectors)('vector $name', (vector) => {
  test("gets the same URL from AWS's signer", async () => {
    expect(inAnyOrder(vector.url)).toEqual(inAnyOrder(await signedByAws(vector)));
  });

  test('has the signature that HMAC-SHA-256 makes of its string to sign', () => {
    const { canonicalRequest, stringToSign, signature } = vector;
    const [, , scope = '', hash] = stringToSign.split('\n');
    expect(hash).toBe(createHash('sha256').update(canonicalRequest).digest('hex'));
    const { secretAccessKey } = credentials[vector.credentials];
    const key = scope
      .split('/')
      .reduce<Buffer | string>(
        (last, part) => createHmac('sha256', last).update(part).digest(),
        `AWS4${secretAccessKey}`,
      );
    expect(createHmac('sha256', key).update(stringToSign).digest('hex')).toBe(signature);
    expect(vector.url).toContain(`&X-Amz-Signature=${signature}`);
  });

  test('is accepted by our verifier, which reads the same canonical request out of the URL', () => {
    const { url, request, canonicalRequest } = vector;
    const keys = credentials[vector.credentials];
    const { method, headers = {} } = request;
    expect(verify({ method, url, headers }, () => keys, Date.parse(vector.signedAt))).toMatchObject({
      valid: true,
      region: request.region,
    });
    const raw = parseRawUrl(url);
    const parameters = typeof raw === 'string' ? raw : readSignedParameters(raw);
    if (typeof raw === 'string' || typeof parameters === 'string') throw new Error('not readable');
    const sent = { method, url: raw, headers: new Map(Object.entries(headers)) };
    expect(toCanonicalRequest(sent, parameters.signedHeaders)).toBe(canonicalRequest);
  });

  test('is sent by a URL parser as it is', () => {
    expect(new URL(vector.url).href).toBe(vector.url);
  });
});

test.each(['virtual', 'china', 'govcloud', 'dualstack', 'fips', 'accelerate', 'path'])(
  'the endpoint of endpoint-%s is where the AWS SDK sends the request too',
  async (variant) => {
    const vector = document.vectors.find(({ name }) => name === `endpoint-${variant}`);
    const client = new S3Client({
      region: vector?.request.region ?? '',
      credentials: credentials['long-term'],
      useDualstackEndpoint: variant === 'dualstack',
      useFipsEndpoint: variant === 'fips',
      useAccelerateEndpoint: variant === 'accelerate',
      forcePathStyle: variant === 'path',
    });
    const place = { Bucket: vector?.request.bucket, Key: vector?.request.key };
    const theirs = await getSignedUrl(client, new GetObjectCommand(place), { expiresIn: 60 });
    client.destroy();
    expect(vector?.url.split('?')[0]).toBe(theirs.split('?')[0]);
  },
);

test.each(traps)('trap $name is refused with $error', ({ change, error }) => {
  // A trap's values may have types that the signer does not expect: that is what is tried.
  const request = { ...base, ...change } as VectorCase['request'];
  const sign = () =>
    presign(request, credentials['long-term'], { nowMs: Date.parse('2026-11-24T12:00:00Z') });
  let refusal: unknown;
  try {
    sign();
  } catch (thrown) {
    refusal = thrown;
  }
  expect(refusal).toBeInstanceOf(ValetkeyError);
  expect(refusal).toMatchObject({ code: error });
});

/** The query's order is the signer's choice; the signature covers the sorted one. */
function inAnyOrder(url: string) {
  const [place, query = ''] = url.split('?');
  return { place, query: query.split('&').toSorted() };
}

async function signedByAws({ request, credentials: keysName, signedAt }: Vector): Promise<string> {
  const { method, region, bucket, key, versionId, headers = {}, query = {}, addressing } = request;
  const { protocol, hostname, port, pathname } = new URL(request.endpoint);
  const isVirtual = addressing === 'virtual';
  const host = `${isVirtual ? `${bucket}.` : ''}${hostname}${port === '' ? '' : `:${port}`}`;
  const segments = [...(isVirtual ? [] : [bucket]), ...key.split('/')];
  const path = `${pathname.replace(/\/$/, '')}/${segments.map(encode).join('/')}`;
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials: credentials[keysName],
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: false,
  });
  const names = Object.keys(headers);
  const signed = await signer.presign(
    {
      method,
      protocol,
      hostname,
      path,
      query: { ...query, ...(versionId === undefined ? {} : { versionId }) },
      headers: { ...headers, host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    },
    {
      expiresIn: request.expiresInSeconds,
      signingDate: new Date(signedAt),
      signableHeaders: new Set(['host', ...names]),
      unhoistableHeaders: new Set([...names, 'x-amz-content-sha256']),
      unsignableHeaders: new Set(['x-amz-content-sha256']),
    },
  );
  const pairs = Object.entries(signed.query ?? {}).map(
    ([name, value]) => `${encode(name)}=${encode(String(value))}`,
  );
  return `${protocol}//${host}${path}?${pairs.join('&')}`;
}

/** RFC 3986's unreserved characters stay. */
function encode(text: string): string {
  const bytes = [...new TextEncoder().encode(text)].map((byte) => String.fromCharCode(byte));
  return bytes
    .map((byte) =>
      /[A-Za-z0-9\-._~]/.test(byte)
        ? byte
        : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');
}

/** Node's SHA-256 and HMAC in the shape that AWS's signer asks for. */
class Sha256 {
  readonly #hash: { update: (data: string | Uint8Array) => unknown; digest: () => Uint8Array };

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toBytes(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(toBytes(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }

  reset(): void {
    throw new Error('not asked for by the signer');
  }
}

function toBytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return new TextEncoder().encode(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
