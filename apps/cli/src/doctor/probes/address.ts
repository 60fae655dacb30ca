import { elementOf, describe, failedBy } from '../answer.ts';
import { fail, pass, type Probe } from '../probe.ts';

const elsewhere = new Set([
  'PermanentRedirect',
  'TemporaryRedirect',
  'AuthorizationHeaderMalformed',
  'AuthorizationQueryParametersError',
]);

/** Region and addressing lead to the bucket. */
export const address: Probe = {
  name: 'address',
  essential: true,
  run: async ({ call, key, store, bucket }) => {
    let host = '';
    const answer = await call(
      { method: 'GET', key: key('nothing') },
      { rewrite: (url) => void ({ host } = url) },
    );
    const style = host.startsWith(`${bucket}.`) ? 'virtual' : 'path';
    const code = elementOf(answer.body, 'Code');
    const region = answer.headers.get('x-amz-bucket-region') ?? elementOf(answer.body, 'Region');
    if (region !== '' && region !== store.region) {
      return fail(
        `signed for ${store.region}, and the bucket is in ${region}`,
        `Set the region to ${region}.`,
      );
    }
    if (answer.status >= 300 && answer.status < 400) {
      return fail(
        `${host} sends elsewhere (${describe(answer)})`,
        "Name the endpoint of the bucket's own region.",
      );
    }
    if (code === 'NoSuchBucket' || elsewhere.has(code)) {
      return failedBy(
        answer,
        `no bucket ${bucket} at ${host} in ${store.region} (${style} addressing)`,
        `Look at bucket, region and endpoint, and try addressing: ${style === 'path' ? 'virtual' : 'path'}.`,
      );
    }
    return pass(`${host}, ${style} addressing, region ${store.region}`);
  },
};
