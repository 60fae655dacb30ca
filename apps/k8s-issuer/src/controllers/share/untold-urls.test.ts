/** URLs that got into a Secret while no status says so: a withdrawal takes them back all the same. */
import { readShare } from '@valetkey/share';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createLoneIssuer, happen, loneKey, type LoneIssuer } from '../../../test/doubles/lone-issuer.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { withdraw } from './withdraw.ts';

/** A visit that may end in the middle. */
async function tryVisit({ visit }: LoneIssuer): Promise<void> {
  await visit().catch((error: unknown) => {
    if (!(error instanceof KubeError) || error.status !== 0) throw error;
  });
}

const faults = [
  ['the answer to the Secret is lost', 'secret', 'answer'],
  ['the status is lost', 'status', 'request'],
] as const;

test.each(faults)('a Share that is denied after %s holds no URL', async (_title, what, which) => {
  const issuer = createLoneIssuer();
  issuer.api.lose(what, which);
  await tryVisit(issuer);
  expect([issuer.entries() > 0, issuer.status()]).toEqual([true, undefined]);
  issuer.setAllowed(false);
  await issuer.settle();
  expect([issuer.entries(), issuer.ready()?.reason]).toEqual([0, 'NoPolicyMatched']);
});

test.each(faults)(
  'so does one that was denied, allowed, and denied again, %s',
  async (_title, what, which) => {
    const issuer = createLoneIssuer();
    await issuer.settle();
    issuer.setBusy(true);
    issuer.setAllowed(false);
    expect(await issuer.visit()).toEqual({ requeueLate: true });
    issuer.setAllowed(true);
    issuer.api.lose(what, which);
    await tryVisit(issuer);
    expect(issuer.entries()).toBeGreaterThan(0);
    issuer.setAllowed(false);
    await issuer.visit();
    expect(issuer.entries()).toBe(0);
    await issuer.settle();
    expect(issuer.ready()?.reason).toBe('NoPolicyMatched');
  },
);

test.each(faults)(
  'after %s a Share keeps the Secret that it has made, though one with a better claim has come',
  async (_title, what, which) => {
    const issuer = createLoneIssuer();
    issuer.api.lose(what, which);
    await tryVisit(issuer);
    const share = readShare(issuer.api.share());
    if (share.kind !== 'Share') throw new Error('the Share is valid');
    issuer.caches.shares.set({
      ...share,
      metadata: { ...share.metadata, name: 'elder', uid: '0' },
      spec: { ...share.spec, target: { ...share.spec.target, secretName: 'weights' } },
    });
    await issuer.visit();
    expect(issuer.ready()?.reason).toBe('Issued');
    expect(issuer.api.secret()?.stringData?.['expires-at']).toBe(issuer.status()?.expirationTime);
  },
);

test('a Share of which nothing got into a Secret gets none by being denied', async () => {
  const issuer = createLoneIssuer();
  issuer.setAllowed(false);
  await issuer.settle();
  expect(issuer.api.secret()).toBeUndefined();
});

test('what got lost on the way to a Secret of somebody else is nothing to take back', async () => {
  const { api, memory, caches, visit } = createLoneIssuer({}, false);
  await visit();
  const share = caches.shares.get(loneKey);
  if (share === undefined) throw new Error('the Share is cached');
  memory.filled(loneKey, share, 'weights');
  const refuse = (status: number, reason: string) => () =>
    Promise.reject(new KubeError({ status, reason, causes: [{ reason, message: '', field: '' }] }));
  const foreign = {
    ...api,
    createSecret: refuse(409, 'AlreadyExists'),
    replaceSecret: refuse(403, 'Forbidden'),
  };
  const finding = { reason: 'NoPolicyMatched', message: 'none' } as const;
  expect(await withdraw(loneKey, { api: foreign, memory, isCurrent: () => true }, share, finding)).toEqual({
    kind: 'denied',
    finding,
  });
});

test('a Share whose emptied Secret somebody else has changed is published anew when it is allowed', async () => {
  const issuer = createLoneIssuer();
  await issuer.settle();
  issuer.setBusy(true);
  issuer.setAllowed(false);
  await issuer.visit();
  const emptied = issuer.api.secret();
  if (emptied === undefined) throw new Error('there is a Secret');
  await issuer.api.replaceSecret(emptied);
  issuer.setAllowed(true);
  await issuer.settle();
  expect(issuer.api.secret()?.stringData?.['expires-at']).toBe(issuer.status()?.expirationTime);
  expect(issuer.memory.filledOf(loneKey, { metadata: { name: 'weights', uid: 'a-uid' } })).toBeUndefined();
});

const whats = ['secret', 'status'] as const;
const whichs = ['request', 'answer'] as const;
const steps = fc.array(
  fc.oneof(
    fc.constantFrom('visit', 'allow', 'deny', 'busy', 'idle', 'probe', 'edit', 'renew'),
    fc.tuple(fc.constantFrom(...whats), fc.constantFrom(...whichs)),
  ),
  { maxLength: 30 },
);

test('whatever is lost in whatever order, Secret and status agree in the end', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (history, isAllowed) => {
      const issuer = createLoneIssuer();
      for (const step of history) {
        if (typeof step === 'string') await take(issuer, step);
        else issuer.api.lose(...step);
      }
      issuer.setAllowed(isAllowed);
      for (const what of whats) issuer.api.lose(what, 'nothing');
      await issuer.settle();
      await issuer.probe();
      await issuer.settle();
      expect(issuer.ready()?.status).toBe(isAllowed ? 'True' : 'False');
      expect(issuer.api.secret()?.stringData?.['expires-at']).toBe(issuer.status()?.expirationTime);
      expect(issuer.entries() > 0).toBe(isAllowed);
    }),
    { numRuns: 300 },
  );
});

async function take(issuer: LoneIssuer, step: string): Promise<void> {
  return step === 'visit' ? tryVisit(issuer) : happen(issuer, step);
}
