import { describe, expect, test } from 'vitest';
import { aShare, issue, nowMs } from '../../test/builders.ts';
import { toShareStatus } from '../status/share-status.ts';
import type { ShareStatus } from '../v1alpha1/share-status.ts';
import { isServing, triggerOf, type Publication, type TriggerReason } from './publication-checks.ts';

const inputsDigest = 'a'.repeat(64);
const secretRef = { name: 'weights', uid: 'secret-uid', resourceVersion: '7' };
const share = aShare();
const status = toShareStatus(share, { kind: 'issued', issued: issue(), secretRef, inputsDigest }, nowMs);
const published: Publication = {
  share: { ...share, status },
  inputsDigest,
  lifetimeSeconds: 3600,
  isDrifted: false,
  isStatusForeign: false,
  nowMs: nowMs + 60_000,
};
const claiming = (claim: Partial<ShareStatus>): Publication => ({
  ...published,
  share: { ...share, status: { ...status, ...claim } },
});
const requested = aShare({}, { annotations: { 'valetkey.dev/renew-requested-at': 'now' } });

const triggers: readonly [title: string, reason: TriggerReason | undefined, publication: Publication][] = [
  ['nothing, when nothing has changed', undefined, published],
  ['the first visit', 'first', { ...published, share }],
  ['a withdrawal that is over', 'first', { ...published, share: { ...share, status: { secretRef } } }],
  ['a Secret that was changed', 'secret', { ...published, isDrifted: true }],
  ['a status of somebody else', 'status', { ...published, isStatusForeign: true }],
  ['other inputs', 'inputs', { ...published, inputsDigest: 'b'.repeat(64) }],
  ['a renewal that is due', 'renewal', { ...published, nowMs: nowMs + 2_400_000 }],
  ['a request', 'request', { ...published, share: { ...requested, status } }],
  [
    'a request that was answered',
    undefined,
    {
      ...published,
      share: { ...requested, status: { ...status, handledRenewRequest: 'now' } },
    },
  ],
  ['an end that its lifetime cannot give', 'status', claiming({ expirationTime: '2027-11-24T10:00:00Z' })],
  [
    'nothing, when credentials that end soon have left it less than half a minute',
    undefined,
    {
      ...claiming({
        issuedTime: '2026-11-24T10:00:00Z',
        expirationTime: '2026-11-24T10:00:20Z',
        renewalTime: '2026-11-24T10:00:30Z',
      }),
      nowMs: nowMs + 1_000,
    },
  ],
  [
    'a renewal later than that after the end',
    'status',
    {
      ...claiming({ expirationTime: '2026-11-24T10:00:20Z', renewalTime: '2026-11-24T10:00:31Z' }),
      nowMs: nowMs + 1_000,
    },
  ],
  ['a renewal after the end', 'status', claiming({ renewalTime: '2026-11-24T11:00:01Z' })],
  ['a renewal later than planned', 'status', claiming({ renewalTime: '2026-11-24T10:55:00Z' })],
  ['an issue in the future', 'status', claiming({ issuedTime: '2026-11-24T10:30:00Z' })],
  ['an issue that is not told', 'status', claiming({ issuedTime: undefined })],
];

describe('a Share is signed because of', () => {
  test.each(triggers)('%s', (_title, reason, publication) => {
    expect(triggerOf(publication)).toBe(reason);
  });
});

describe('what is published serves', () => {
  test('until its end, and not from then on', () => {
    expect(isServing({ ...published, nowMs: nowMs + 3_599_000 })).toBe(true);
    expect(isServing({ ...published, nowMs: nowMs + 3_600_000 })).toBe(false);
  });

  test('not when somebody has changed it', () => {
    expect(isServing({ ...published, isDrifted: true })).toBe(false);
  });

  test('also when a renewal is due or the inputs have changed', () => {
    expect(isServing({ ...published, nowMs: nowMs + 2_400_000 })).toBe(true);
  });
});
