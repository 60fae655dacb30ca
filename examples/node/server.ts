/** The signing service in a plain Node server. */
import { createServer } from 'node:http';

import { credentialProvider, loadConfiguration } from '@valetkey/core/s3';
import { createHandler, createService, toNodeHandler } from '@valetkey/http-handler';

const { PORT = '3000', APP_TOKEN, VALETKEY_SECRET } = process.env;
if (!APP_TOKEN || !VALETKEY_SECRET) throw new Error('set APP_TOKEN and VALETKEY_SECRET');

const { stores, policies } = await loadConfiguration('valetkey.yaml');
const service = createService({
  stores: new Map(
    [...stores].map(([name, { store, credentials }]) => [
      name,
      { store, credentials: credentialProvider(credentials, process.env) },
    ]),
  ),
  policies,
  secrets: [Buffer.from(VALETKEY_SECRET, 'base64')],
});
const handler = createHandler(service, {
  // Your own session goes here.
  authenticate: ({ headers }) =>
    headers.get('authorization') === `Bearer ${APP_TOKEN}`
      ? { kind: 'user', id: 'ann', claims: {} }
      : undefined,
});
createServer(toNodeHandler(handler)).listen(Number(PORT), '127.0.0.1');
