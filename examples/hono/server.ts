/** The signing service as a route of a Hono app. */
import { serve } from '@hono/node-server';
import { credentialProvider, loadConfiguration } from '@valetkey/core/s3';
import { createHandler, createService } from '@valetkey/http-handler';
import { Hono } from 'hono';

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
  basePath: '/sign',
  // Your own session goes here.
  authenticate: ({ headers }) =>
    headers.get('authorization') === `Bearer ${APP_TOKEN}`
      ? { kind: 'user', id: 'ann', claims: {} }
      : undefined,
});
const app = new Hono();
app.get('/', (c) => c.text('the app\n'));
app.all('/sign/*', (c) => handler(c.req.raw));
serve({ fetch: app.fetch, port: Number(PORT), hostname: '127.0.0.1' });
