import { describe, expect, test } from 'vitest';
import { aNamespace, aPolicy, aShare, aStore, nowMs, someInputs } from '../test/builders.ts';
import { decideShare } from './decide-share.ts';
import type { ShareReason } from './reason.ts';
import type { ShareInputs } from './share-inputs.ts';
import { parseShareStore } from './v1alpha1/parse.ts';

const nfd = 'vision/caf\u0065\u0301.bin';
const upload = (request: Readonly<Record<string, unknown>>) =>
  aShare({ objects: [{ name: 'report', key: 'vision/report.json', method: 'PUT', request }] });

const denials: readonly [
  title: string,
  reason: ShareReason,
  change: Partial<ShareInputs>,
  message: string | RegExp,
][] = [
  ['a store that does not exist', 'StoreNotFound', { store: undefined }, 'ClusterShareStore "models"'],
  [
    'a store that breaks a rule of its kind',
    'StoreUnavailable',
    { store: undefined, hasInvalidStore: true },
    /^ClusterShareStore models: it breaks a rule/,
  ],
  [
    'a store that is open to nobody',
    'NamespaceNotAllowed',
    { store: aStore({ allowedNamespaces: {} }) },
    'ClusterShareStore models: its allowedNamespaces do not cover vision',
  ],
  [
    'a namespace without the label that the store asks for',
    'NamespaceNotAllowed',
    { namespace: aNamespace({ labels: {} }) },
    'do not cover vision',
  ],
  ['a store without a region', 'StoreUnavailable', { store: aStore({ region: undefined }) }, 'region'],
  ['no policy at all', 'NoPolicyMatched', { policies: [] }, 'namespace vision, bucket models'],
  [
    'a policy for another bucket',
    'NoPolicyMatched',
    { policies: [aPolicy('other', { buckets: ['media'] })] },
    'no SharePolicy covers',
  ],
  [
    'a policy for another store of the same name',
    'NoPolicyMatched',
    { policies: [aPolicy('other', { stores: [{ kind: 'ShareStore', name: 'models' }] })] },
    'no SharePolicy covers',
  ],
  [
    'a policy that selects no namespace',
    'NoPolicyMatched',
    { policies: [aPolicy('nobody', { namespaces: {} })] },
    'no SharePolicy covers',
  ],
  ...(
    [
      ['a content type', { contentType: 'text/html', contentLength: 1 }, 'text/html'],
      ['a size', { contentType: 'application/json', contentLength: 2048 }, '2048'],
    ] as const
  ).map(([what, request, message]): (typeof denials)[number] => [
    `${what} that the policy does not allow`,
    'NoPolicyMatched',
    {
      share: upload(request),
      policies: [
        aPolicy('reports', {
          actions: ['upload'],
          upload: { maxSize: '1Ki', contentTypes: ['application/json'] },
        }),
      ],
    },
    message,
  ]),
  [
    'more objects than the policy allows',
    'NoPolicyMatched',
    {
      policies: [aPolicy('one', { maxObjects: 1 })],
      share: aShare({
        objects: [
          { name: 'a', key: 'vision/a' },
          { name: 'b', key: 'vision/b' },
        ],
      }),
    },
    'SharePolicy one: expected at most 1 objects, got 2',
  ],
  [
    'the key of another namespace',
    'KeyNotAllowed',
    { share: aShare({ objects: [{ name: 'theirs', key: 'audio/v3/weights.bin' }] }) },
    'SharePolicy team-models: spec.objects[0]:',
  ],
  [
    'a key whose first segment only begins like the namespace',
    'KeyNotAllowed',
    { share: aShare({ objects: [{ name: 'near', key: 'vision2/weights.bin' }] }) },
    'spec.objects[0]:',
  ],
  [
    'a method that the policy leaves out',
    'MethodNotAllowed',
    { share: aShare({ objects: [{ name: 'old', key: 'vision/old', method: 'DELETE' }] }) },
    'spec.objects[0]:',
  ],
  [
    'a lifetime over the policy’s maximum',
    'LifetimeTooLong',
    { share: aShare({ lifetime: '5h' }) },
    'spec.objects[0]:',
  ],
  [
    'an upload of any size where the policy has a limit',
    'SizeNotBounded',
    {
      policies: [aPolicy('inbox', { actions: ['upload'], upload: { maxSize: '1Mi' } })],
      share: upload({ contentType: 'application/json' }),
    },
    'SharePolicy inbox: spec.objects[0]:',
  ],
  [
    'a key that is not in normalisation form NFC',
    'InvalidSpec',
    { share: aShare({ objects: [{ name: 'cafe', key: nfd }] }) },
    /spec\.objects\[0\]\.key.*NFC/,
  ],
  [
    'an end time that has passed',
    'Ended',
    { share: aShare({ endTime: '2026-11-24T10:00:00Z' }) },
    'spec.endTime 2026-11-24T10:00:00Z has passed',
  ],
  [
    'an end time less than a second away',
    'Ended',
    { share: aShare({ endTime: '2026-11-24T10:00:01Z' }), nowMs: nowMs + 1 },
    'has passed',
  ],
  [
    'a Secret that another Share keeps',
    'SecretConflict',
    { rival: 'elder' },
    'the Share elder made the Secret weights or was there before',
  ],
];

describe('a Share is denied for', () => {
  test.each(denials)('%s: %s', (_title, reason, change, message) => {
    const decision = decideShare(someInputs(change));
    if (decision.allowed) throw new Error('it was allowed');
    expect(decision.finding.reason).toBe(reason);
    expect(decision.finding.message).toMatch(message);
  });
});

describe('an allowed Share', () => {
  test('has one grant for each object, with the terms of its object', () => {
    const share = aShare({
      lifetime: '2h',
      objects: [
        { name: 'weights', key: 'vision/v3/weights.bin', versionId: 'v7' },
        { name: 'probe', key: 'vision/v3/weights.bin', method: 'HEAD' },
      ],
    });
    const decision = decideShare(someInputs({ share }));
    if (!decision.allowed) throw new Error(decision.finding.message);
    expect([...decision.authorization.grants.keys()]).toEqual(['weights', 'probe']);
    expect(decision.authorization.grants.get('weights')).toMatchObject({
      method: 'GET',
      key: 'vision/v3/weights.bin',
      versionId: 'v7',
      lifetimeSeconds: 7200,
    });
    expect(decision.authorization.grants.get('probe')).toMatchObject({ method: 'HEAD' });
  });

  test('lives as long as the policy’s default when it does not say', () => {
    const decision = decideShare(someInputs());
    if (!decision.allowed) throw new Error(decision.finding.message);
    expect(decision.authorization.grants.get('weights')).toMatchObject({ lifetimeSeconds: 3600 });
  });

  test('may have an end time one second away', () => {
    const share = aShare({ endTime: '2026-11-24T10:00:01Z' });
    expect(decideShare(someInputs({ share })).allowed).toBe(true);
  });

  test('may use a ShareStore of its own namespace without being named by it', () => {
    const store = parseShareStore({
      apiVersion: 'valetkey.dev/v1alpha1',
      kind: 'ShareStore',
      metadata: { name: 'own', namespace: 'vision' },
      spec: {
        profile: 'minio',
        endpoint: 'https://minio.vision:9000',
        credentials: { secretRef: { name: 'minio-keys' } },
      },
    });
    const storeRef = { kind: 'ShareStore', name: 'own' };
    const share = aShare({ storeRef });
    const policies = [aPolicy('own', { stores: [storeRef] })];
    expect(decideShare(someInputs({ share, store, policies })).allowed).toBe(true);
  });
});

test('the first finding of the chain is the one reported', () => {
  const share = aShare({ endTime: '2020-01-01T00:00:00Z', objects: [{ name: 'cafe', key: nfd }] });
  const everythingWrong = someInputs({ share, rival: 'elder', store: undefined, policies: [] });
  expect(decideShare(everythingWrong)).toMatchObject({ finding: { reason: 'InvalidSpec' } });
});
