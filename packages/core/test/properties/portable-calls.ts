/** Calls of every public function of the portable part, with what people paste where it does not belong. */
import fc from 'fast-check';

import { explain, verify } from '../../src/explain.ts';
import * as core from '../../src/index.ts';
import { parseConfiguration } from '../../src/s3.ts';
import { postForm, presign as presignBare } from '../../src/signing.ts';
import { keys, nowMs, ownGrant, presigned, store } from './secret-canaries.ts';
import {
  callOf,
  configurationText,
  hostile,
  nested,
  request,
  spoiled,
  spoiledKeys,
  time,
  type Call,
} from './spoiled-arguments.ts';

const policy = core.compilePolicy(
  {
    name: 'p',
    subjects: [{ kind: 'user' }],
    stores: ['media'],
    buckets: ['media'],
    rule: { actions: ['download'], keys: ['a/{sub}/{rest}'], lifetime: { max: '1h' } },
  },
  'policy',
);
const policySet = core.createPolicySet([policy]);

/** Every public function, with what its types forbid: JavaScript callers and parsed JSON can pass it. */
export const calls: fc.Arbitrary<Call> = fc.oneof(
  callOf(presignBare, fc.tuple(spoiled({ ...request }), spoiledKeys, time())),
  callOf(
    presignBare,
    fc.tuple(
      fc.tuple(nested, nested).map(([headers, parameters]) => ({ ...request, headers, query: parameters })),
      spoiledKeys,
      time(),
    ),
  ),
  callOf(
    postForm,
    fc.tuple(spoiled({ ...request, maxBytes: 9, contentType: 'a/b', metadata: {} }), spoiledKeys, time()),
  ),
  callOf(
    core.ownerGrant,
    fc.tuple(spoiled({ ...request, lifetimeSeconds: 60, upload: {}, response: {} }), fc.constant(store)),
  ),
  callOf(
    core.ownerGrant,
    fc.tuple(
      spoiled({
        contentLength: 3,
        checksum: {},
        metadata: {},
        tagging: {},
        ifMatch: 'x',
        expectedBucketOwner: '1',
      }).map((upload) => ({ ...request, method: 'PUT', lifetimeSeconds: 60, upload })),
      fc.constant(store),
    ),
  ),
  callOf(
    core.presign,
    fc.tuple(
      fc.constant(ownGrant),
      spoiledKeys,
      time().map((at) => ({ ...at, store })),
    ),
  ),
  callOf(
    core.presignServiceCall,
    fc.tuple(
      spoiled({ kind: 'head', bucket: 'media', key: 'a', versionId: 'v' }),
      spoiledKeys,
      fc.constant({ store, nowMs }),
    ),
  ),
  callOf(core.longestLifetime, fc.tuple(fc.constant(policy), fc.constant(store), spoiledKeys, hostile)),
  callOf(
    core.defineStore,
    fc.tuple(spoiled({ name: 'media', profile: 's3', endpoint: 'https://h', region: 'r' })),
  ),
  callOf(
    core.evaluate,
    fc.tuple(
      fc.constant(policySet),
      spoiled({
        subject: { kind: 'user', id: 'ann' },
        store: 'media',
        bucket: 'media',
        method: 'GET',
        key: 'a/ann/x',
      }),
      fc.constant({ nowMs, newUuid: () => 'u' }),
    ),
  ),
  ...[
    core.parseBucket,
    core.parseKey,
    core.parseMetadata,
    core.parseLifetimeSeconds,
    core.parseDurationSeconds,
    core.parseSizeBytes,
    core.parseInstant,
  ].map((parse) => callOf(parse, fc.tuple(nested, fc.constant('field')))),
  callOf(
    core.compilePolicy,
    fc.tuple(spoiled({ name: 'p', subjects: [], stores: [], buckets: [], rule: {} }), fc.constant('policy')),
  ),
  callOf(
    verify,
    fc.tuple(
      spoiled({ method: 'PUT', url: presigned }),
      fc.constant(() => keys),
      hostile,
    ),
  ),
  callOf(explain, fc.tuple(hostile, spoiled({ nowMs }))),
  callOf(parseConfiguration, fc.tuple(configurationText(), fc.constant('valetkey.yaml'))),
  callOf(core.compileSignerPolicy, fc.tuple(fc.constant([policy]), spoiled({ partition: 'aws' }))),
  callOf(core.compileBucketGuard, fc.tuple(fc.constant([policy]), spoiled({ bucket: 'media' }))),
  callOf(
    core.compileCors,
    fc.tuple(
      fc.constant([policy]),
      fc
        .tuple(fc.oneof(fc.constant('media'), hostile), fc.array(hostile, { maxLength: 2 }))
        .map(([bucket, origins]) => ({ bucket, origins })),
    ),
  ),
  callOf(
    core.compileSessionPolicy,
    fc.tuple(fc.array(fc.constant(ownGrant), { maxLength: 60 }), spoiled({ partition: 'aws' })),
  ),
  callOf(core.redact, fc.tuple(hostile)),
  callOf(core.redactError, fc.tuple(hostile)),
);
