/** A withdrawal whose status has to wait: the Secret is emptied at once, and what happens in between is seen. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createLoneIssuer, happen, loneKey, type LoneIssuer } from '../../../test/doubles/lone-issuer.ts';

/** One whose Secret is empty while its status still says what was published. */
async function withdrawn(): Promise<LoneIssuer> {
  const issuer = createLoneIssuer();
  await issuer.settle();
  issuer.setAllowed(false);
  issuer.setBusy(true);
  expect(await issuer.visit()).toEqual({ requeueLate: true });
  expect([issuer.entries(), issuer.ready()?.status]).toEqual([0, 'True']);
  return issuer;
}

test('while others wait the Secret is emptied at once and the status is one write of its own later', async () => {
  const issuer = await withdrawn();
  const before = issuer.api.writes();
  await issuer.visit();
  expect(issuer.api.writes()).toBe(before + 1);
  expect(issuer.ready()).toMatchObject({ status: 'False', reason: 'NoPolicyMatched' });
  expect(issuer.status()?.expirationTime).toBeUndefined();
  await issuer.settle();
  expect(issuer.api.writes()).toBe(before + 1);
});

test('an outcome of two visits is told once', async () => {
  const issuer = await withdrawn();
  await issuer.visit();
  expect(issuer.outcomes.map(({ kind }) => kind).filter((kind) => kind === 'denied')).toHaveLength(1);
});

test('while nobody waits a withdrawal is one visit', async () => {
  const issuer = createLoneIssuer();
  await issuer.settle();
  issuer.setAllowed(false);
  expect(await issuer.visit()).toBeUndefined();
  expect([issuer.entries(), issuer.ready()?.status]).toEqual([0, 'False']);
});

test('a Share that is allowed again before its status was written is published anew, in two writes', async () => {
  const issuer = await withdrawn();
  issuer.setAllowed(true);
  const before = issuer.api.writes();
  await issuer.settle();
  expect(issuer.api.writes()).toBe(before + 2);
  expect(issuer.ready()?.status).toBe('True');
  expect(issuer.api.secret()?.stringData?.['expires-at']).toBe(issuer.status()?.expirationTime);
});

test('the emptied Secret is no drift', async () => {
  const issuer = await withdrawn();
  expect(await issuer.probe()).toBeUndefined();
  await issuer.visit();
  expect(await issuer.probe()).toBe(true);
});

test('a Share that is deleted in between is forgotten', async () => {
  const issuer = await withdrawn();
  const { memory, caches } = issuer;
  const share = caches.shares.get(loneKey);
  if (share === undefined) throw new Error('the Share is cached');
  caches.namespaces.set({ metadata: { name: 'vision', deletionTimestamp: '2026-11-24T10:00:01Z' } });
  const before = issuer.api.writes();
  await issuer.visit();
  expect([issuer.api.writes(), memory.withdrawalOf(loneKey, share)]).toEqual([before, undefined]);
});

describe('a successor that knows nothing of it', () => {
  test('empties the Secret once more and tells it', async () => {
    const issuer = await withdrawn();
    issuer.restart();
    issuer.setBusy(false);
    await issuer.settle();
    expect([issuer.entries(), issuer.ready()?.status]).toEqual([0, 'False']);
  });

  test('publishes again what is allowed again', async () => {
    const issuer = await withdrawn();
    issuer.restart();
    issuer.setBusy(false);
    issuer.setAllowed(true);
    await issuer.settle();
    expect(issuer.entries()).toBeGreaterThan(0);
    expect(issuer.api.secret()?.stringData?.['expires-at']).toBe(issuer.status()?.expirationTime);
  });
});

const steps = fc.array(
  fc.constantFrom('visit', 'allow', 'deny', 'busy', 'idle', 'probe', 'restart', 'forge', 'renew', 'edit'),
  { maxLength: 30 },
);

test('whatever happens in whatever order, Secret and status agree in the end', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (history, isAllowed) => {
      const issuer = createLoneIssuer();
      for (const step of history) await take(issuer, step);
      issuer.setAllowed(isAllowed);
      await issuer.settle();
      await issuer.probe();
      await issuer.settle();
      const { expirationTime } = issuer.status() ?? {};
      expect(issuer.ready()?.status).toBe(isAllowed ? 'True' : 'False');
      expect(issuer.api.secret()?.stringData?.['expires-at']).toBe(expirationTime);
      expect(expirationTime !== undefined).toBe(isAllowed);
    }),
    { numRuns: 300 },
  );
});

async function take(issuer: LoneIssuer, step: string): Promise<void> {
  switch (step) {
    case 'visit':
      return void (await issuer.visit());
    case 'restart':
      return issuer.restart();
    case 'forge':
      return issuer.api.forge({ ...issuer.status(), expirationTime: '2026-11-24T23:00:00Z' });
    default:
      return happen(issuer, step);
  }
}
