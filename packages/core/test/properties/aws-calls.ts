/** Calls of `@valetkey/core/s3` that reach no network: files, environment, CloudFront, what STS would refuse. */
import { generateKeyPairSync } from 'node:crypto';

import fc from 'fast-check';

import * as core from '../../src/index.ts';
import * as s3 from '../../src/s3.ts';
import { keys, nowMs, store } from './secret-canaries.ts';
import { callOf, hostile, spoiled, type Call } from './spoiled-arguments.ts';

let made: s3.CloudfrontKey | undefined;
/** Made when it is first needed: it takes long. */
const cloudfrontKey = (): s3.CloudfrontKey => {
  if (made !== undefined) return made;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  made = new s3.CloudfrontKey('K2JCJMDEHXQW5F', String(privateKey.export({ type: 'pkcs1', format: 'pem' })));
  return made;
};
const distribution = core.defineStore({
  name: 'cdn',
  profile: 'cloudfront',
  endpoint: 'https://d111111abcdef8.cloudfront.net',
  bucket: 'media',
});
const grant = core.ownerGrant(
  { method: 'GET', bucket: 'media', key: 'a/b.png', lifetimeSeconds: 60 },
  distribution,
);

const names = { accessKeyId: 'ID', secretAccessKey: 'SECRET', sessionToken: 'TOKEN' };
const environment = fc
  .record({
    ID: fc.constantFrom(keys.accessKeyId, '', ` ${keys.accessKeyId}`, keys.secretAccessKey.padEnd(200)),
    SECRET: fc.constantFrom(keys.secretAccessKey, '', `${keys.secretAccessKey}\n`),
    TOKEN: fc.constantFrom(keys.sessionToken, '', ` ${keys.sessionToken}`),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')));
const path = hostile.map((value) =>
  typeof value === 'string' && value !== '' ? `/nowhere/${value}` : '/nowhere',
);

/** What only its promise tells. */
const provided = (source: s3.StoreCredentials, from: Readonly<Record<string, string>>) =>
  s3.credentialProvider(source, from)();
const signed = async (from: Readonly<Record<string, string>>) => {
  const sign = s3.grantSigner({ store, credentials: { environment: names } }, from);
  const own = core.ownerGrant({ method: 'GET', bucket: 'media', key: 'a', lifetimeSeconds: 60 }, store);
  return sign(own);
};

export const awsCalls: fc.Arbitrary<Call> = fc.oneof(
  callOf(provided, fc.tuple(fc.constant({ environment: names }), environment)),
  callOf(
    provided,
    fc.tuple(
      path.map((file) => ({ secretFile: { path: file } })),
      environment,
    ),
  ),
  callOf(signed, fc.tuple(environment)),
  callOf(s3.loadConfiguration, fc.tuple(path)),
  callOf(s3.readText, fc.tuple(path, fc.constant({ code: 'file-unreadable' }))),
  callOf(
    (keyPairId: unknown, privateKeyPem: unknown) =>
      Reflect.construct(s3.CloudfrontKey, [keyPairId, privateKeyPem]),
    fc.tuple(
      fc.oneof(
        hostile.filter((value) => typeof value === 'string'),
        fc.constant('K2JCJMDEHXQW5F'),
      ),
      fc.constantFrom(
        keys.secretAccessKey,
        keys.sessionToken,
        `-----BEGIN RSA PRIVATE KEY-----\n${keys.secretAccessKey}\n`,
        '',
      ),
    ),
  ),
  callOf(
    s3.cloudfrontKeyProvider,
    fc.tuple(path.map((privateKeyFile) => ({ keyPairId: 'K2JCJMDEHXQW5F', privateKeyFile }))),
  ),
  ...[s3.presignCloudfront, s3.signCloudfrontCookies].map((sign) =>
    callOf(
      sign,
      fc.tuple(
        spoiled({ ...grant }).map((change) =>
          Object.assign(Object.create(Object.getPrototypeOf(grant)), change),
        ),
        fc.constant(undefined).map(cloudfrontKey),
        spoiled({ nowMs }).map((change) => ({ ...change, store: distribution })),
      ),
    ),
  ),
  callOf(
    s3.assumeRoleSession,
    fc.tuple(
      spoiled({ roleArn: 'arn:aws:iam::123456789012:role/a', sessionName: 'a', policy: '{}' }).map(
        (change) => ({
          ...change,
          durationSeconds: 1,
          source: () => Promise.resolve(keys),
        }),
      ),
    ),
  ),
);
