/** A running service with an identity provider that takes requests and does not answer them. */
import { readFile, writeFile } from 'node:fs/promises';

import { systemClock } from '@valetkey/core';
import { expect, test } from 'vitest';

import { ask, configurationFolder, nowhere, originOf, runSigner } from '../signer-under-test.ts';
import { audience, issuerName, startIssuer, type Issuer } from './issuer.ts';

const partnerName = 'https://id.partner.example';

async function startSigner(own: Issuer, partner: Issuer) {
  const { file, token } = await configurationFolder(nowhere);
  const configuration = JSON.parse(await readFile(file, 'utf8'));
  const jwt = { kind: 'jwt', audience, algorithms: ['RS256'] };
  configuration.server.auth.push(
    { ...jwt, issuer: issuerName, jwksUrl: own.jwksUrl, subjectPrefix: 'own-' },
    { ...jwt, issuer: partnerName, jwksUrl: partner.jwksUrl, subjectPrefix: 'partner-' },
  );
  await writeFile(file, JSON.stringify(configuration));
  return { origin: await originOf(runSigner(['--config', file])), token };
}

test('it keeps nobody out who is known without it', async () => {
  const [own, partner] = [await startIssuer(), await startIssuer()];
  const { origin, token } = await startSigner(own, partner);
  const nowSeconds = Math.floor(systemClock.now() / 1000);
  const times = { iat: nowSeconds, exp: nowSeconds + 600 };
  const known = await own.sign(times);
  expect((await ask(origin, known)).status).toBe(200);

  const release = partner.hold();
  const unknown = await partner.sign({ ...times, iss: partnerName });
  const waiting = Array.from({ length: 600 }, () => ask(origin, unknown));
  const first = await Promise.any(waiting);
  expect([first.status, first.headers.get('retry-after')]).toEqual([429, '1']);
  for (const bearer of [token, known]) {
    // A process that is behind for a moment may say so.
    await expect.poll(async () => (await ask(origin, bearer)).status, { timeout: 4000 }).toBe(200);
  }

  release();
  const statuses = (await Promise.all(waiting)).map(({ status }) => status);
  // Where the machine is slow the issuer's five seconds may be over for some.
  expect(statuses.filter((status) => ![200, 429, 503].includes(status))).toEqual([]);
});
