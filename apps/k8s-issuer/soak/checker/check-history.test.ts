import { describe, expect, test } from 'vitest';

import {
  parseHistory,
  type HistoryRecord,
  type SecretRecord,
  type ShareRecord,
  type WriteRecord,
} from '../history/history-record.ts';
import { checkHistory } from './check-history.ts';

const start = 1_700_000_000_000;
const at = (seconds: number) => start + seconds * 1_000;
const life = 300;

const aShare = (seconds: number, change: Partial<ShareRecord> = {}): ShareRecord => ({
  kind: 'share',
  atMs: at(seconds),
  key: 'a/weights',
  uid: 'share-uid',
  generation: 1,
  version: '11',
  ready: 'True',
  authorized: 'True',
  reason: 'Issued',
  secretKey: 'a/weights',
  secretVersion: '10',
  revision: 1,
  expiresMs: at(life),
  renewsMs: at(life / 2),
  endsMs: undefined,
  ...change,
});
const aSecret = (seconds: number, change: Partial<SecretRecord> = {}): SecretRecord => ({
  kind: 'secret',
  atMs: at(seconds),
  key: 'a/weights',
  uid: 'secret-uid',
  version: '10',
  type: 'valetkey.dev/presigned-urls',
  ownerUid: 'share-uid',
  content: 'aa',
  urls: [{ name: 'weights.url', digest: 'u1', expiresMs: at(life) }],
  ...change,
});
const aForeignSecret = (seconds: number, content: string) =>
  aSecret(seconds, { key: 'a/theirs', uid: 'theirs', type: 'Opaque', ownerUid: '', content, urls: [] });
const aWrite = (seconds: number, change: Partial<WriteRecord> = {}): WriteRecord => ({
  kind: 'write',
  atMs: at(seconds),
  doneMs: at(seconds) + 5,
  credentialId: 'one',
  verb: 'update',
  resource: 'secrets',
  key: 'a/weights',
  ...change,
});
const lease = (seconds: number, credentialId: string) =>
  aWrite(seconds, { resource: 'leases', credentialId, key: 'valetkey-system/valetkey-issuer' });
const gone = (kind: 'share-gone' | 'secret-gone', seconds: number): HistoryRecord => ({
  kind,
  atMs: at(seconds),
  key: 'a/weights',
  uid: kind === 'share-gone' ? 'share-uid' : 'secret-uid',
  version: '20',
});
const ticks = (from: number, to: number, reachable = true): readonly HistoryRecord[] =>
  Array.from({ length: to - from + 1 }, (_, n) => ({ kind: 'tick', atMs: at(from + n), reachable }));
const probe = (fromExpiry: number, status: number): HistoryRecord => ({
  kind: 'probe',
  atMs: at(life + fromExpiry),
  doneMs: at(life + fromExpiry) + 20,
  digest: 'u1',
  expiresMs: at(life),
  status,
});
const renewal: readonly HistoryRecord[] = [
  aWrite(150, { atMs: at(150) }),
  aWrite(150.1, { resource: 'shares', verb: 'patch' }),
  aSecret(150.2, {
    version: '30',
    content: 'bb',
    urls: [{ name: 'weights.url', digest: 'u2', expiresMs: at(450) }],
  }),
  aShare(150.3, { version: '31', secretVersion: '30', revision: 2, expiresMs: at(450) }),
];

/** Issued, renewed once, used, taken over by a second leader, beside somebody else's Secret. */
const healthy: readonly HistoryRecord[] = [
  lease(0, 'one'),
  aWrite(1, { verb: 'create' }),
  aWrite(1.1, { resource: 'shares', verb: 'patch' }),
  aSecret(1.2),
  aShare(1.3),
  aForeignSecret(2, 'cc'),
  ...ticks(3, 140),
  ...renewal,
  lease(160, 'two'),
  aWrite(161, { credentialId: 'two', resource: 'shares', key: 'a/other', verb: 'patch' }),
  ...ticks(162, 200),
  probe(-10, 200),
  probe(4, 403),
  aShare(210, {
    key: 'a/refused',
    uid: 'refused',
    ready: 'False',
    authorized: 'False',
    reason: 'KeyNotAllowed',
    secretKey: 'a/refused',
    secretVersion: '',
    revision: 0,
    expiresMs: undefined,
  }),
  ...ticks(211, 214),
  gone('share-gone', 220),
  gone('secret-gone', 222),
  { kind: 'text', atMs: at(230), source: 'a log', bytes: 9, secrets: 0 },
  { kind: 'bar', atMs: at(230), fault: 'a kill', what: 'back', measured: 3, atMost: 17, unit: 's' },
];

const judge = (records: readonly HistoryRecord[]) =>
  checkHistory(parseHistory(records.map((record) => JSON.stringify(record)).join('\n')), {
    changeMs: 10_000,
    barsCount: true,
  });
const failing = (records: readonly HistoryRecord[]) =>
  judge(records)
    .filter(({ holds }) => !holds)
    .map(({ invariant }) => invariant);
const without = (unwanted: HistoryRecord) => healthy.filter((record) => record !== unwanted);

const live = "every Ready Share's Secret has life left at every sample";
const forward = 'expiry never moves back for one generation';
const own = 'no write to a Secret without our uid';
const single = "no successful write of an old leader after the new one's first";
const deleted = "a deleted Share's Secret is gone within 10 s and for good";
const denied = 'a denied Share has no URL';
const accepted = 'storage accepts each URL until its stated expiry ±2 s';
const twice = 'at most 2 writes per renewal';
const tight = 'no URL, key or token outside of Secrets';
const bars = 'measured times are within their bars';

test('a history in which nothing goes wrong passes', () => {
  expect(failing(healthy)).toEqual([]);
});

test('a history of nothing proves nothing', () => {
  expect(judge([]).every(({ holds }) => !holds)).toBe(true);
});

describe('a forged history fails, and for its own reason:', () => {
  test.each<[string, string, readonly HistoryRecord[]]>([
    [
      'no renewal in time',
      live,
      [...healthy.filter((record) => !renewal.includes(record)), ...ticks(295, 303)].filter(
        ({ kind }) => kind !== 'share-gone' && kind !== 'secret-gone',
      ),
    ],
    [
      'a Ready Share without a Secret',
      live,
      [
        ...healthy,
        aShare(230, { version: '41', secretVersion: '', revision: 2, expiresMs: at(900) }),
        ...ticks(231, 235),
      ],
    ],
    ['a Ready Share whose Secret is empty', live, [...healthy, aSecret(90, { version: '15', urls: [] })]],
    ['a Share that is Ready long after its own end', live, [...healthy, aShare(90, { endsMs: at(100) })]],
    [
      'a Secret that is never seen',
      live,
      [...healthy, aShare(90, { secretVersion: '16' })].filter((record) => !renewal.includes(record)),
    ],
    [
      'a status that promises less than before',
      forward,
      [...healthy, aShare(155, { secretVersion: '30', revision: 2, expiresMs: at(440) })],
    ],
    [
      'a Secret that promises less than before',
      forward,
      [
        ...healthy,
        aSecret(155, { version: '32', urls: [{ name: 'weights.url', digest: 'u3', expiresMs: at(440) }] }),
      ],
    ],
    ["somebody else's Secret changed", own, [...healthy, aForeignSecret(100, 'dd')]],
    ["somebody else's Secret written", own, [...healthy, aWrite(100, { key: 'a/theirs' })]],
    [
      'a Secret of our type that no Share has',
      own,
      [...healthy, aSecret(100, { key: 'a/stray', uid: 'stray', ownerUid: 'nobody' })],
    ],
    ['a write of the old leader', single, [...healthy, aWrite(170, { key: 'a/other' })]],
    [
      'a Secret that outlives its Share',
      deleted,
      [
        ...without(gone('secret-gone', 222)).filter(({ kind }) => kind !== 'secret-gone'),
        gone('secret-gone', 240),
      ],
    ],
    [
      'a Secret that stays',
      deleted,
      [...healthy.filter(({ kind }) => kind !== 'secret-gone'), ...ticks(231, 240)],
    ],
    ['a Secret that comes back', deleted, [...healthy, aSecret(225, { version: '50', urls: [] })]],
    [
      'a denied Share with a URL',
      denied,
      [
        ...healthy,
        aSecret(209, {
          key: 'a/refused',
          uid: 'x',
          ownerUid: 'refused',
          urls: [{ name: 'weights.url', digest: 'u9', expiresMs: at(900) }],
        }),
      ],
    ],
    ['a URL that dies early', accepted, [...healthy, probe(-5, 403)]],
    ['a URL that lives on', accepted, [...healthy, probe(5, 200)]],
    ['a store that does not answer', accepted, [...healthy, probe(-50, 0)]],
    [
      'three writes for one revision',
      twice,
      [...healthy.filter(({ kind }) => kind !== 'share-gone'), aWrite(151), aWrite(152), aWrite(153)].filter(
        ({ kind }) => kind !== 'secret-gone',
      ),
    ],
    [
      'a signature in a log',
      tight,
      [...healthy, { kind: 'text', atMs: at(231), source: 'a log', bytes: 9, secrets: 1 }],
    ],
    [
      'a takeover beyond its bar',
      bars,
      [
        ...healthy,
        { kind: 'bar', atMs: at(231), fault: 'a kill', what: 'back', measured: 18, atMost: 17, unit: 's' },
      ],
    ],
  ])('%s', (_what, invariant, records) => {
    expect(failing(records)).toEqual([invariant]);
  });
});

describe('what looks wrong but is not:', () => {
  test.each<[string, readonly HistoryRecord[]]>([
    [
      'a Secret seen a moment after its Share',
      [...healthy, aShare(145, { secretVersion: '12' }), ...ticks(145, 146)],
    ],
    [
      'nothing to be seen while the API server is away',
      [...healthy, aSecret(146, { version: '13', urls: [] }), ...ticks(147, 149, false)],
    ],
    [
      'another end after an edit of the Share',
      [...healthy, aShare(156, { generation: 2, secretVersion: '30', revision: 2, expiresMs: at(440) })],
    ],
    ['an old leader that leads again', [...healthy, lease(180, 'one'), aWrite(181, { key: 'a/other' })]],
    [
      'a deletion while the API server is away',
      [
        ...healthy.filter(({ kind }) => kind !== 'secret-gone'),
        ...ticks(221, 250, false),
        gone('secret-gone', 255),
      ],
    ],
  ])('%s', (_what, records) => {
    expect(failing(records)).toEqual([]);
  });
});
