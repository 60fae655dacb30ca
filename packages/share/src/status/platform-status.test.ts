import { describe, expect, test } from 'vitest';
import { aPolicy, aStore, nowMs } from '../../test/builders.ts';
import { parseClusterShareStore, parseSharePolicy } from '../v1alpha1/parse.ts';
import { toPlatformStatus } from './platform-status.ts';

const available = { reason: 'Available', message: 'its credentials are at hand' } as const;
const missing = { reason: 'CredentialsUnavailable', message: 'no Secret' } as const;

describe('the status of a store', () => {
  test('is Ready only when it is available, and the API server’s schema takes it', () => {
    const store = aStore();
    for (const [finding, status] of [
      [available, 'True'],
      [missing, 'False'],
    ] as const) {
      const reported = toPlatformStatus(store, finding, nowMs);
      expect(reported.conditions).toMatchObject([{ type: 'Ready', status, reason: finding.reason }]);
      expect(parseClusterShareStore({ ...store, status: reported }).status).toEqual(reported);
    }
  });

  test('keeps the time of its last change while nothing changes', () => {
    const status = toPlatformStatus(aStore(), available, nowMs);
    const later = toPlatformStatus({ ...aStore(), status }, available, nowMs + 60_000);
    expect(later).toEqual(status);
    const changed = toPlatformStatus({ ...aStore(), status }, missing, nowMs + 60_000);
    expect(changed.conditions[0]?.lastTransitionTime).toBe('2026-11-24T10:01:00Z');
  });
});

test('the status of a policy has room for its counts', () => {
  const policy = aPolicy();
  const status = { ...toPlatformStatus(policy, available, nowMs), matchedShares: 7, deniedShares: 2 };
  expect(parseSharePolicy({ ...policy, status }).status).toEqual(status);
});
