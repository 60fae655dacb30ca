/** The signing service of the app: made once, used by route handlers and by server components. */
import { credentialProvider, loadConfiguration } from '@valetkey/core/s3';
import { createHandler, createService } from '@valetkey/http-handler';

const { APP_TOKEN, VALETKEY_SECRET } = process.env;
if (!APP_TOKEN || !VALETKEY_SECRET) throw new Error('set APP_TOKEN and VALETKEY_SECRET');

const { stores, policies } = await loadConfiguration('valetkey.yaml');

/** For server components: `service.downloads(subject, …)` without HTTP. @public */
export const service = createService({
  stores: new Map(
    [...stores].map(([name, { store, credentials }]) => [
      name,
      { store, credentials: credentialProvider(credentials, process.env) },
    ]),
  ),
  policies,
  secrets: [Buffer.from(VALETKEY_SECRET, 'base64')],
});

/** For `app/sign/[...path]/route.ts`. */
export const handler = createHandler(service, {
  basePath: '/sign',
  // Your own session goes here.
  authenticate: ({ headers }) =>
    headers.get('authorization') === `Bearer ${APP_TOKEN}`
      ? { kind: 'user', id: 'ann', claims: {} }
      : undefined,
});
