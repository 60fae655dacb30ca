/// <reference types="node" />
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { sha256Hex } from '#hash';
import { signQuery } from './sign-query.ts';
import { uriEncodePath } from './uri-encode.ts';

// Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters", "Example Presigned URL".
test('the example of the S3 documentation gets its signature', () => {
  const signed = signQuery(
    {
      method: 'GET',
      host: 'examplebucket.s3.amazonaws.com',
      path: '/test.txt',
      query: [],
      headers: {},
      region: 'us-east-1',
      service: 's3',
      payloadHash: 'UNSIGNED-PAYLOAD',
      signedAtMs: Date.parse('2013-05-24T00:00:00Z'),
      expiresInSeconds: 86_400,
    },
    { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
  );
  expect(signed.canonicalRequest.split('\n')).toEqual([
    'GET',
    '/test.txt',
    'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host',
    'host:examplebucket.s3.amazonaws.com',
    '',
    'host',
    'UNSIGNED-PAYLOAD',
  ]);
  expect(signed.signature).toBe('aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404');
});

/**
 * The signing suite of awslabs/aws-c-auth, query-string variant, where it is at hand: its folder is named by
 * VALETKEY_SIGV4_SUITE. The service is not S3, so normalising the path is done here, outside the signer.
 */
const suite = process.env['VALETKEY_SIGV4_SUITE'] ?? '';
// Hands the harness a session token and forbids signing it, which S3 never does.
const otherProtocol = new Set(['post-sts-header-after']);

const names =
  suite !== '' && existsSync(suite) ? readdirSync(suite).filter((name) => !otherProtocol.has(name)) : [];

describe('the awslabs Signature Version 4 suite', () => {
  test('is complete when it is there', () => {
    expect([0, 37]).toContain(names.length);
  });

  for (const name of names) {
    test(`${name} gets its canonical request, string to sign and signature`, () => {
      const read = (file: string) => readFileSync(path.join(suite, name, file), 'utf8');
      const signed = signQuery(
        toInput(read('request.txt'), JSON.parse(read('context.json'))),
        credentialsOf(JSON.parse(read('context.json'))),
      );
      expect(signed.canonicalRequest).toBe(read('query-canonical-request.txt').replaceAll('\r\n', '\n'));
      expect(signed.stringToSign).toBe(read('query-string-to-sign.txt').replaceAll('\r\n', '\n'));
      expect(signed.signature).toBe(read('query-signature.txt').trim());
    });
  }
});

interface Context {
  readonly credentials: {
    readonly access_key_id: string;
    readonly secret_access_key: string;
    readonly token?: string;
  };
  readonly expiration_in_seconds: number;
  readonly normalize: boolean;
  readonly region: string;
  readonly service: string;
  readonly sign_body: boolean;
  readonly timestamp: string;
}

function credentialsOf({ credentials }: Context) {
  return {
    accessKeyId: credentials.access_key_id,
    secretAccessKey: credentials.secret_access_key,
    ...(credentials.token === undefined ? {} : { sessionToken: credentials.token }),
  };
}

function toInput(request: string, context: Context) {
  const [head = '', ...body] = request.replaceAll('\r\n', '\n').split('\n\n');
  const [requestLine = '', ...headerLines] = head.split('\n');
  const method = requestLine.slice(0, requestLine.indexOf(' '));
  const target = requestLine.slice(method.length + 1, requestLine.lastIndexOf(' '));
  const [rawPath = '', rawQuery = ''] = target.split('?');
  const headers = toHeaders(headerLines);
  const { host = '', ...signed } = headers;
  return {
    method,
    host,
    path: uriEncodePath(context.normalize ? normalise(rawPath) : rawPath),
    query: rawQuery === '' ? [] : rawQuery.split('&').map(toParameter),
    headers: signed,
    region: context.region,
    service: context.service,
    payloadHash: sha256Hex(context.sign_body ? body.join('\n\n') : ''),
    signedAtMs: Date.parse(context.timestamp),
    expiresInSeconds: context.expiration_in_seconds,
  };
}

function toHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  let last = '';
  for (const line of lines) {
    if (/^\s/.test(line)) {
      headers[last] = `${headers[last] ?? ''} ${line.trim()}`;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    last = line.slice(0, colon).toLowerCase();
    const value = line
      .slice(colon + 1)
      .trim()
      .replaceAll(/\s+/g, ' ');
    headers[last] = headers[last] === undefined ? value : `${headers[last]},${value}`;
  }
  return headers;
}

function toParameter(pair: string): readonly [string, string] {
  const [name = '', value = ''] = pair.split('=');
  return [decodeURIComponent(name), decodeURIComponent(value)];
}

function normalise(rawPath: string): string {
  const kept: string[] = [];
  for (const segment of rawPath.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '.' && segment !== '') kept.push(segment);
  }
  const trailing = kept.length > 0 && /\/(?:\.{1,2})?$/.test(rawPath) ? '/' : '';
  return `/${kept.join('/')}${trailing}`;
}
