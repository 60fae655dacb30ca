/** The signing service of the app, for route handlers and server components. */
import { credentialProvider, loadConfiguration } from '@valetkey/core/s3';
import { createHandler, createService } from '@valetkey/http-handler';

let started: ReturnType<typeof start> | undefined;

/**
 * Made once, at the first call: `next build` loads this file where there is no secret.
 * Server components ask `(await signing()).service.downloads(subject, …)` without HTTP.
 */
export async function signing() {
  return (started ??= start());
}

async function start() {
  const { APP_TOKEN, VALETKEY_SECRET } = process.env;
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
  // Your own session goes into `authenticate`.
  const handler = createHandler(service, {
    basePath: '/sign',
    authenticate: ({ headers }) =>
      headers.get('authorization') === `Bearer ${APP_TOKEN}`
        ? { kind: 'user', id: 'ann', claims: {} }
        : undefined,
  });
  return { service, handler };
}
