import type { Answer } from '../answer.ts';
import { describe } from '../answer.ts';
import { fail, pass, skip, type Probe } from '../probe.ts';
import type { ProbeContext } from '../probe-context.ts';
import { storeObject } from '../test-object.ts';

const methods = ['PUT', 'GET'] as const;
const sentHeaders = 'content-type';

/** Pages of the origin may upload and download. */
export const cors: Probe = {
  name: 'cors',
  run: async (context) => {
    const { origin } = context;
    if (origin === undefined) return skip('no --origin was given');
    await storeObject(context, 'object');
    for (const method of methods) {
      const preflight = await askBefore(context, method, origin);
      if (!allows(preflight, method, origin)) {
        return fail(
          `the preflight of ${method} for ${origin} is not allowed (${describe(preflight)})`,
          'Set the CORS rules that `valetkey policy compile cors` prints.',
        );
      }
    }
    const answer = await context.call({ method: 'GET', key: context.key('object') }, { headers: { origin } });
    const exposed = answer.headers.get('access-control-expose-headers')?.toLowerCase() ?? '';
    if (!exposed.includes('etag') && exposed !== '*') {
      return fail(
        `pages of ${origin} may send and read, but not see the ETag`,
        'Expose ETag in the CORS rules: large uploads need it.',
      );
    }
    return pass(`pages of ${origin} may upload and download`);
  },
};

function askBefore({ call, key }: ProbeContext, method: string, origin: string): Promise<Answer> {
  return call(
    { method: 'GET', key: key('object') },
    {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': sentHeaders,
      },
    },
  );
}

function allows({ status, headers }: Answer, method: string, origin: string): boolean {
  const allowedOrigin = headers.get('access-control-allow-origin');
  const list = (name: string) =>
    headers
      .get(name)
      ?.toLowerCase()
      .split(/\s*,\s*/) ?? [];
  const includes = (name: string, value: string) => list(name).includes(value) || list(name).includes('*');
  return (
    status >= 200 &&
    status < 300 &&
    (allowedOrigin === origin || allowedOrigin === '*') &&
    includes('access-control-allow-methods', method.toLowerCase()) &&
    includes('access-control-allow-headers', sentHeaders)
  );
}
