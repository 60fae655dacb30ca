import { Credentials, defineStore, ownerGrant, presign, type OwnerRequest } from '@valetkey/core';
import { describe, expect, test } from 'vitest';
import { keys, nowMs } from '../../test/builders.ts';
import { toCurlConfig } from './curl-config.ts';

const store = defineStore({ name: 'models', profile: 'aws', region: 'eu-central-1' });
const sign = (change: Partial<OwnerRequest> = {}) =>
  presign(
    ownerGrant(
      { method: 'GET', bucket: 'models', key: 'weights.bin', lifetimeSeconds: 60, ...change },
      store,
    ),
    keys,
    { store, nowMs },
  );
const linesOf = (change: Partial<OwnerRequest>) => toCurlConfig(sign(change)).split('\n');

describe('a curl configuration', () => {
  test('for GET is the URL and nothing else', () => {
    const url = sign();
    expect(toCurlConfig(url)).toBe(`url = "${url.reveal()}"\n`);
  });

  test('for HEAD asks curl to stop after the headers', () => {
    expect(linesOf({ method: 'HEAD' }).slice(1)).toEqual(['head', '']);
  });

  test('for DELETE names the method', () => {
    expect(linesOf({ method: 'DELETE' }).slice(1)).toEqual(['request = "DELETE"', '']);
  });

  test('for PUT names the method and the headers, and leaves content-length to curl', () => {
    const upload = { contentType: 'application/json', contentLength: 2048, metadata: { team: 'vision' } };
    const url = sign({ method: 'PUT', upload });
    expect(url.requiredHeaders).toHaveProperty('content-length', '2048');
    expect(toCurlConfig(url).split('\n').slice(1)).toEqual([
      'request = "PUT"',
      'header = "content-type: application/json"',
      'header = "x-amz-meta-team: vision"',
      '',
    ]);
  });

  test('escapes quotes and backslashes, so a value cannot begin another option', () => {
    const upload = { metadata: { note: String.raw`a "b" \ output = "/etc/passwd"` } };
    expect(linesOf({ method: 'PUT', upload })).toContain(
      String.raw`header = "x-amz-meta-note: a \"b\" \\ output = \"/etc/passwd\""`,
    );
  });

  test('has one line for each option, whatever the key holds', () => {
    const lines = linesOf({ key: 'a "b"/c#d \\ e%20f.bin' });
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^url = "https:[^"\\\s]+"$/);
  });

  test('holds a session’s token only inside the URL', () => {
    const session = new Credentials({ ...keysOf(), sessionToken: 'canary-token' });
    const grant = ownerGrant({ method: 'GET', bucket: 'models', key: 'a', lifetimeSeconds: 60 }, store);
    const config = toCurlConfig(presign(grant, session, { store, nowMs }));
    expect(config.match(/canary-token/g)).toHaveLength(1);
    expect(config).toContain('&X-Amz-Security-Token=canary-token');
  });
});

function keysOf() {
  return { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey };
}
