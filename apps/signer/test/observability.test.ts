/** What a running service tells of itself, and what it never tells. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { rootCertificates } from 'node:tls';

import { createBucket, freePort, putObject, requireEngine } from '@valetkey/testbed';
import { expect, inject, test } from 'vitest';

import { ask, configurationFolder, nowhere, originOf, runSigner } from './signer-under-test.ts';

test('no log line and no metric holds a URL, a signature, a token, an upload id or a receipt', async () => {
  const s3 = requireEngine(inject('engines'), 'seaweedfs');
  const bucket = `canary-${process.pid}`;
  await createBucket(s3, bucket);
  await putObject(s3, { bucket, key: 'files/a', body: 'text', contentType: 'text/plain' });
  const policy = {
    name: 'files',
    subjects: [{ kind: 'user' }],
    store: 'media',
    bucket,
    actions: ['download', 'upload', 'list'],
    keys: ['files/{any}'],
    lifetime: { max: '1h' },
  };
  const uploads = { ...policy, name: 'uploads', actions: ['upload'], keys: ['up/{uuid}'] };
  const { file, token } = await configurationFolder(s3, {
    policies: [{ ...policy, actions: ['download', 'list'] }, uploads],
  });
  const configuration = JSON.parse(await readFile(file, 'utf8'));
  configuration.server.metrics = { listen: '127.0.0.1:0' };
  await writeFile(file, JSON.stringify(configuration));
  const signer = runSigner(['--config', file]);
  const origin = await originOf(signer);
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const authorization = `Bearer ${token}`;
  const post = async (route: string, body: object) => {
    const headers = {
      authorization,
      traceparent,
      'content-type': 'application/json',
      cookie: 'session=cookie-canary',
    };
    const response = await fetch(`${origin}/v1/${route}?token=query-canary`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return response.json() as Promise<never>;
  };
  const canaries = new Set<string>([
    token,
    'query-canary',
    'cookie-canary',
    'body-canary',
    s3.secretAccessKey,
  ]);
  const addSecretsOf = (address: string) => {
    for (const name of ['X-Amz-Signature', 'X-Amz-Credential', 'X-Amz-Security-Token']) {
      const value = new URL(address).searchParams.get(name);
      if (value !== null) canaries.add(value);
    }
  };
  const { items } = (await post('downloads', { policy: 'files', items: [{ key: 'files/a' }] })) as {
    items: { url: string }[];
  };
  addSecretsOf(items[0]?.url ?? '');
  const newFile = { ref: 'a', nonce: 'nonce-canary-nonce', name: 'a.txt', bytes: 4, type: 'text/plain' };
  const begun = (await post('uploads', { policy: 'uploads', files: [newFile] })) as {
    uploads: { id: string; request: { url: string; headers: Record<string, string> } }[];
  };
  const [upload] = begun.uploads;
  addSecretsOf(upload?.request.url ?? '');
  canaries.add(upload?.id ?? '');
  await fetch(upload?.request.url ?? '', {
    method: 'PUT',
    headers: upload?.request.headers ?? {},
    body: 'text',
  });
  const done = (await post('uploads/complete', { items: [{ id: upload?.id }] })) as {
    items: { receipt: string }[];
  };
  expect(done.items[0]?.receipt).toBeTypeOf('string');
  canaries.add(done.items[0]?.receipt ?? '');
  const redirect = await fetch(`${origin}/v1/objects/files/files/a`, {
    headers: { authorization },
    redirect: 'manual',
  });
  addSecretsOf(redirect.headers.get('location') ?? '');
  await post('downloads', { policy: 'files', items: [{ key: 'files/a' }], unknown: 'body-canary' });
  await post('uploads/status', { items: [{ id: `${upload?.id}x` }] });
  await fetch(`${origin}/v1/downloads`, { headers: { authorization: 'Bearer header-canary' } });
  canaries.add('header-canary');

  // A signed address where a key, a path or a name belongs, as somebody pastes it.
  const misplaced = 'abcdef12'.repeat(8);
  canaries.add(misplaced.slice(0, 8));
  const address = `https://bucket.example/k?X-Amz-Credential=${misplaced}&X-Amz-Signature=${misplaced}`;
  const encoded = encodeURIComponent(address);
  for (const inPath of [address, encoded, encodeURIComponent(encoded)]) {
    for (const place of ['objects/files', 'policies', 'nothing']) {
      await fetch(`${origin}/v1/${place}/${inPath}`, { headers: { authorization }, redirect: 'manual' });
    }
    await post('downloads', { policy: 'files', items: [{ key: inPath.slice(0, 1024) }] });
    await post('downloads', { policy: inPath.slice(0, 128), items: [{ key: 'files/a' }] });
    await fetch(`${origin}/v1/objects?policy=${inPath}`, { headers: { authorization } });
  }

  const metricsOrigin = /"metrics":"(http:[^"]+)"/.exec(signer.output())?.[1] ?? '';
  const metrics = await (await fetch(`${metricsOrigin}/metrics`)).text();
  signer.child.kill('SIGTERM');
  expect(await signer.ended).toBe(0);
  const log = signer.output();
  expect(canaries.size).toBeGreaterThan(9);
  for (const canary of canaries) {
    expect(log).not.toContain(canary);
    expect(metrics).not.toContain(canary);
  }
  expect(metrics).not.toMatch(/X-Amz-|Signature=/i);
  expect(log).toContain('X-Amz-Credential%253DREDACTED');
  expect(log).not.toMatch(/(?:Signature|Credential|Token)(?:=|%(?:25)*3D)(?!RED)/i);
  expect(log).toContain('"traceId":"4bf92f3577b34da6a3ce929d0e0e4736"');
  for (const line of [
    'valetkey_signer_urls_issued_total{policy="files",action="download"} 2',
    'valetkey_signer_urls_issued_total{policy="uploads",action="upload"} 1',
    'valetkey_signer_upload_declared_bytes_total{policy="uploads"} 4',
    'valetkey_signer_requests_total{route="/v1/downloads",method="POST",code="none",status="200"} 4',
    'valetkey_signer_requests_total{route="/v1/downloads",method="POST",code="unknown-field",status="400"} 1',
    'valetkey_signer_requests_total{route="/v1/objects/{policy}/{key}",method="GET",code="none",status="302"} 1',
    'valetkey_signer_requests_in_flight 0',
  ]) {
    expect(metrics).toContain(line);
  }
  expect(metrics).toMatch(/valetkey_signer_authentications_total\{kind="static",result="accepted"\} [1-9]/);
  expect(metrics).toMatch(/valetkey_signer_store_calls_total\{method="HEAD",status="200"\} [1-9]/);
});

test('made-up policies and paths make no labels, and /metrics is on its own port only', async () => {
  const { file, token } = await configurationFolder({
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
    accessKeyId: 'unused',
    secretAccessKey: 'unused',
  });
  const configuration = JSON.parse(await readFile(file, 'utf8'));
  configuration.server.metrics = { listen: '127.0.0.1:0' };
  await writeFile(file, JSON.stringify(configuration));
  const signer = runSigner(['--config', file]);
  const origin = await originOf(signer);
  for (let round = 0; round < 5; round += 1) {
    await fetch(`${origin}/v1/policies/made-up-${round}`, { headers: { authorization: `Bearer ${token}` } });
    await fetch(`${origin}/made-up/${round}`, { method: 'PROPFIND' });
  }
  expect((await fetch(`${origin}/metrics`)).status).toBe(404);
  const metricsOrigin = /"metrics":"(http:[^"]+)"/.exec(signer.output())?.[1] ?? '';
  const metrics = await (await fetch(`${metricsOrigin}/metrics`)).text();
  expect(metrics).not.toContain('made-up');
  expect(metrics).not.toContain('PROPFIND');
  expect(metrics).toContain('valetkey_signer_denials_total{policy="unknown",code="no-policy-matched"} 5');
  expect(metrics).toContain('route="other",method="other"');
  expect((await fetch(`${metricsOrigin}/v1/downloads`)).status).toBe(404);
});

test('an identity provider that is away makes a few lines of the log, however many ask', async () => {
  const audience = 'valetkey.example.com';
  const issuer = 'https://issuer.example.com';
  const at = `127.0.0.1:${await freePort()}`;
  const { folder, file } = await configurationFolder(nowhere);
  await writeFile(path.join(folder, 'ca.crt'), rootCertificates[0] ?? '');
  const configuration = JSON.parse(await readFile(file, 'utf8'));
  configuration.server.auth = [
    { kind: 'kubernetes', audience, server: `https://${at}`, caFile: 'ca.crt', tokenFile: 'secrets' },
    { kind: 'jwt', issuer, audience: 'app', jwksUrl: `http://${at}/jwks`, algorithms: ['RS256'] },
  ];
  await writeFile(file, JSON.stringify(configuration));
  const signer = runSigner(['--config', file]);
  const origin = await originOf(signer);
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const tokenOf = (claims: object) => `${encode({ alg: 'RS256', kid: 'a' })}.${encode(claims)}.c2lnbmF0dXJl`;
  for (let round = 0; round < 20; round += 1) {
    // Each caller has a token of its own, so that each has to be asked about.
    const ofCluster = tokenOf({ aud: audience, sub: `system:serviceaccount:a:b${round}` });
    const ofIssuer = tokenOf({ iss: issuer, aud: 'app', sub: `user-${round}` });
    for (const token of [ofCluster, ofIssuer]) expect((await ask(origin, token)).status).toBe(503);
  }
  signer.child.kill('SIGTERM');
  expect(await signer.ended).toBe(0);
  const lines = signer
    .output()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ msg, code }) => msg === 'request' && code === 'identity-unavailable')).toHaveLength(
    40,
  );
  const told = lines.filter(({ level }) => level === 'error');
  // One of the cluster; of the issuer why its keys cannot be had, and that there are none.
  expect(told.length).toBeLessThanOrEqual(3);
  for (const line of told) expect(line.msg).toMatch(/; what fails alike is counted from here on$/);
});
