/** The signing service as a Cloudflare Worker: its keys are the Worker's secrets, its policy is code. */
import { compilePolicy, defineStore } from '@valetkey/core';
import { createHandler, createService } from '@valetkey/http-handler';
import { env } from 'cloudflare:workers';

const { PROFILE: profile, REGION: region, ENDPOINT: endpoint } = env;
const store = defineStore({ name: 'media', profile, region, endpoint });
const keys = { accessKeyId: env.ACCESS_KEY_ID, secretAccessKey: env.SECRET_ACCESS_KEY };
const policy = compilePolicy(
  {
    name: 'avatars',
    subjects: [{ kind: 'user' }],
    stores: ['media'],
    buckets: [env.BUCKET],
    rule: {
      actions: ['upload'],
      keys: ['avatars/{sub}/{uuid}{ext}'],
      lifetime: { default: '5m', max: '15m' },
      upload: { maxSize: '5Mi', contentTypes: ['image/png', 'image/jpeg'] },
    },
  },
  'avatars',
);
const service = createService({
  stores: new Map([['media', { store, credentials: async () => keys }]]),
  policies: [policy],
  secrets: [Uint8Array.from(atob(env.VALETKEY_SECRET), (byte) => byte.charCodeAt(0))],
});
const handler = createHandler(service, {
  // Your own session goes here.
  authenticate: ({ headers }) =>
    headers.get('authorization') === `Bearer ${env.APP_TOKEN}`
      ? { kind: 'user', id: 'ann', claims: {} }
      : undefined,
});

export default { fetch: handler };
