import { describe, expect, test } from 'vitest';
import { aShare, aStore, issue, nowMs } from '../../test/builders.ts';
import type { Finding } from '../reason.ts';
import { parseShare } from '../v1alpha1/parse.ts';
import type { ShareStatus } from '../v1alpha1/share-status.ts';
import type { Share } from '../v1alpha1/share.ts';
import { toShareStatus, type ShareOutcome } from './share-status.ts';

const minute = 60_000;
const secretRef = { name: 'weights', uid: 'secret-uid', resourceVersion: '7' };
const issuedNow = (share: Share): ShareOutcome => ({
  kind: 'issued',
  issued: issue({ share }),
  secretRef,
  inputsDigest: 'a'.repeat(64),
});
const kept: ShareOutcome = { kind: 'kept', policy: 'team-models' };
const suspended: ShareOutcome = { kind: 'suspended', policy: 'team-models' };
const denial: Finding = { reason: 'KeyNotAllowed', message: 'SharePolicy team-models: not this key' };
const trouble: Finding = { reason: 'CredentialsUnavailable', message: 'no credentials could be had' };
const fresh = aShare({}, { generation: 3 });
const published: ShareStatus = toShareStatus(fresh, issuedNow(fresh), nowMs);
const after = (status: ShareStatus, outcome: ShareOutcome, atMs: number) =>
  toShareStatus({ ...fresh, status }, outcome, atMs);
const statesOf = ({ conditions = [] }: ShareStatus) =>
  Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]));

const outcomes: readonly [title: string, outcome: ShareOutcome][] = [
  ['issued', issuedNow(fresh)],
  ['kept', kept],
  ['suspended', suspended],
  ['denied', { kind: 'denied', finding: denial }],
  ['failed', { kind: 'failed', finding: trouble }],
];

describe.each(outcomes)('after the first visit, when it was %s,', (_title, outcome) => {
  const status = toShareStatus(fresh, outcome, nowMs);

  test('all six conditions are set for the generation seen', () => {
    expect(status.conditions).toHaveLength(6);
    expect(new Set(status.conditions?.map(({ observedGeneration }) => observedGeneration))).toEqual(
      new Set([3]),
    );
    expect(status.observedGeneration).toBe(3);
  });

  test('the status holds no URL', () => {
    expect(JSON.stringify(status)).not.toMatch(/X-Amz|https?:/);
  });

  test('the API server’s schema takes it', () => {
    expect(parseShare({ ...fresh, status }).status).toEqual(status);
  });
});

describe('an issued Share', () => {
  test('tells what is published, in whole seconds', () => {
    expect(published).toMatchObject({
      secretRef,
      policyRef: { name: 'team-models' },
      objectCount: 1,
      revision: 1,
      issuedTime: '2026-11-24T10:00:00Z',
      expirationTime: '2026-11-24T11:00:00Z',
      renewalTime: expect.stringMatching(/^2026-11-24T10:(3[789]|40):\d\dZ$/) as string,
      lastAttemptTime: '2026-11-24T10:00:00Z',
    });
  });

  test('is ready, authorized and synced, and nothing is wrong', () => {
    expect(statesOf(published)).toEqual({
      Ready: 'True Issued',
      Authorized: 'True Issued',
      SecretSynced: 'True Issued',
      LifetimeClamped: 'False Issued',
      RenewalOverdue: 'False Issued',
      Stalled: 'False Issued',
    });
  });

  test('names what shortens its lifetime', () => {
    const issued = issue({ store: aStore({ maxLifetime: '30m' }) });
    const status = toShareStatus(fresh, { kind: 'issued', issued, secretRef, inputsDigest: 'd' }, nowMs);
    expect(status.clampedBy).toBe('store');
    expect(status.conditions?.find(({ type }) => type === 'LifetimeClamped')).toMatchObject({
      status: 'True',
      message: 'the lifetime is shortened by: store',
    });
  });

  test('answers the renewal that was asked for, and remembers the answer', () => {
    const asked = aShare({}, { annotations: { 'valetkey.dev/renew-requested-at': '2026-11-24T09:59:00Z' } });
    const answered = toShareStatus(asked, issuedNow(asked), nowMs);
    expect(answered.handledRenewRequest).toBe('2026-11-24T09:59:00Z');
    expect(after(answered, issuedNow(fresh), nowMs).handledRenewRequest).toBe('2026-11-24T09:59:00Z');
    expect(toShareStatus(asked, kept, nowMs)).not.toHaveProperty('handledRenewRequest');
  });

  test('forgets earlier failures', () => {
    const failed = after(published, { kind: 'failed', finding: trouble }, nowMs);
    expect(failed.failedAttempts).toBe(1);
    expect(after(failed, issuedNow(fresh), nowMs)).not.toHaveProperty('failedAttempts');
  });
});

describe('a Share where nothing was due', () => {
  test('has the status it had, so that nothing is written', () => {
    expect(after(published, kept, nowMs + minute)).toEqual(published);
  });
});

describe('a Share that cannot be renewed now', () => {
  const fail = (status: ShareStatus, atMs: number) =>
    after(status, { kind: 'failed', finding: trouble }, atMs);

  test('stays ready while its URLs live, and says what failed', () => {
    expect(statesOf(fail(published, nowMs + minute))).toMatchObject({
      Ready: 'True Issued',
      Authorized: 'True Issued',
      SecretSynced: 'False CredentialsUnavailable',
      RenewalOverdue: 'False Issued',
      Stalled: 'False CredentialsUnavailable',
    });
  });

  test('keeps what is published and counts its attempts', () => {
    const twice = fail(fail(published, nowMs + minute), nowMs + 2 * minute);
    expect(twice).toMatchObject({
      secretRef,
      expirationTime: published.expirationTime,
      failedAttempts: 2,
      lastAttemptTime: '2026-11-24T10:02:00Z',
    });
  });

  test('is overdue a minute after the renewal was due, not before', () => {
    const dueMs = Date.parse(published.renewalTime ?? '');
    expect(statesOf(fail(published, dueMs + minute))['RenewalOverdue']).toBe('False Issued');
    expect(statesOf(fail(published, dueMs + minute + 1))['RenewalOverdue']).toBe(
      'True CredentialsUnavailable',
    );
  });

  test('is not ready from the second in which its URLs end', () => {
    const endMs = nowMs + 60 * minute;
    expect(statesOf(fail(published, endMs - 1))['Ready']).toBe('True Issued');
    expect(statesOf(fail(published, endMs))['Ready']).toBe('False Expired');
  });

  test('and never was says why', () => {
    expect(statesOf(fail({}, nowMs))).toMatchObject({
      Ready: 'False CredentialsUnavailable',
      Authorized: 'Unknown CredentialsUnavailable',
    });
  });
});

describe('a Share that is denied', () => {
  const denied = after(published, { kind: 'denied', finding: denial, secretRef }, nowMs + minute);

  test('is stalled for the reason that is told, and keeps no claim to valid URLs', () => {
    expect(statesOf(denied)).toEqual({
      Ready: 'False KeyNotAllowed',
      Authorized: 'False KeyNotAllowed',
      SecretSynced: 'False KeyNotAllowed',
      LifetimeClamped: 'False Issued',
      RenewalOverdue: 'False Issued',
      Stalled: 'True KeyNotAllowed',
    });
    expect(denied).not.toHaveProperty('expirationTime');
    expect(denied).not.toHaveProperty('policyRef');
    expect(denied).not.toHaveProperty('inputsDigest');
  });

  test('counts revisions on, and finds its scrubbed Secret again', () => {
    expect(denied).toMatchObject({ revision: 1, secretRef });
  });
});

describe('a denied Share whose URLs could not be withdrawn', () => {
  const finding: Finding = { reason: 'SecretWriteFailed', message: 'the API server answered 500' };
  const stuck = after(published, { kind: 'failed', finding, denial }, nowMs + minute);

  test('says both, and that it is tried again', () => {
    expect(statesOf(stuck)).toEqual({
      Ready: 'False KeyNotAllowed',
      Authorized: 'False KeyNotAllowed',
      SecretSynced: 'False SecretWriteFailed',
      LifetimeClamped: 'False Issued',
      RenewalOverdue: 'False Issued',
      Stalled: 'False SecretWriteFailed',
    });
  });

  test('still knows what is published, and that no policy allows it', () => {
    expect(stuck).toMatchObject({ secretRef, expirationTime: published.expirationTime, failedAttempts: 1 });
    expect(stuck).not.toHaveProperty('policyRef');
  });
});

describe('the policy that allows a Share', () => {
  test.each<[string, ShareOutcome]>([
    ['kept', { kind: 'kept', policy: 'other' }],
    ['suspended', { kind: 'suspended', policy: 'other' }],
    ['failed', { kind: 'failed', finding: trouble, policy: 'other' }],
  ])('is named when it was %s too', (_title, outcome) => {
    const status = after(published, outcome, nowMs + minute);
    expect(status.policyRef).toEqual({ name: 'other' });
    expect(status.conditions?.find(({ type }) => type === 'Authorized')).toMatchObject({
      status: 'True',
      message: 'SharePolicy other allows every object',
    });
  });
});

describe('a suspended Share', () => {
  test('whose Secret somebody else has changed says so', () => {
    const status = toShareStatus({ ...fresh, status: published }, suspended, nowMs + minute, {
      isDrifted: true,
    });
    expect(statesOf(status)).toMatchObject({ Ready: 'False Suspended', SecretSynced: 'False Suspended' });
    expect(status.conditions?.[0]?.message).toContain('somebody else has changed or removed the Secret');
  });

  test('lives out its time', () => {
    expect(statesOf(after(published, suspended, nowMs + minute))['Ready']).toBe('True Suspended');
    expect(statesOf(after(published, suspended, nowMs + 60 * minute))['Ready']).toBe('False Expired');
  });

  test('that was never issued has nothing to show', () => {
    const status = after({}, suspended, nowMs);
    expect(statesOf(status)).toMatchObject({ Ready: 'False Suspended', SecretSynced: 'False Suspended' });
    expect(status).not.toHaveProperty('secretRef');
  });

  test('whose status knows of no URLs says what is done, not what there is', () => {
    const { secretRef } = published;
    for (const earlier of [{}, { secretRef }]) {
      const [first] = after(earlier, suspended, nowMs).conditions ?? [];
      expect(first?.message).toBe('spec.suspend is true: no URLs are written');
    }
  });
});
