/** An issuer that takes over, or is started again, knows only what was stored: of what was under way it finds the rest. */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createLoneIssuer, happen, type LoneIssuer } from '../../../test/doubles/lone-issuer.ts';
import { KubeError } from '../../kube/kube-error.ts';

/** The process ends in the middle of a visit, after it has written the Secret. */
async function dieBeforeStatus({ api, visit, restart }: LoneIssuer): Promise<void> {
  api.lose('status', 'request');
  await expect(visit()).rejects.toBeInstanceOf(KubeError);
  restart();
}

const denials: readonly [what: string, before: (issuer: LoneIssuer) => Promise<void>][] = [
  ['that was never told of', async () => undefined],
  [
    'that was withdrawn and told so before',
    async (issuer) => {
      issuer.setAllowed(false);
      await issuer.settle();
      issuer.setAllowed(true);
    },
  ],
];

test.each(denials)('takes the URLs back of a denied Share %s', async (_what, before) => {
  const issuer = createLoneIssuer();
  await before(issuer);
  await dieBeforeStatus(issuer);
  expect([issuer.entries() > 0, issuer.status()?.expirationTime]).toEqual([true, undefined]);
  issuer.setAllowed(false);
  await issuer.settle();
  expect([issuer.entries(), issuer.ready()?.reason]).toEqual([0, 'NoPolicyMatched']);
});

test.each([1, 2])('takes them back also when successors before it ended too soon: %i', async (others) => {
  const issuer = createLoneIssuer();
  await dieBeforeStatus(issuer);
  issuer.setAllowed(false);
  for (let n = 0; n < others; n += 1) {
    await issuer.visit();
    issuer.restart();
  }
  expect([issuer.entries() > 0, issuer.ready()?.reason]).toEqual([true, 'NoPolicyMatched']);
  await issuer.settle();
  expect(issuer.entries()).toBe(0);
});

test('takes them back that it finds while it writes the status', async () => {
  const issuer = createLoneIssuer();
  await dieBeforeStatus(issuer);
  issuer.setAllowed(false);
  issuer.api.during('status', issuer.check);
  await issuer.visit();
  expect(issuer.ready()?.reason).toBe('NoPolicyMatched');
  await issuer.settle();
  expect(issuer.entries()).toBe(0);
});

test('leaves a suspended Share the URLs that no status tells of, until it is denied', async () => {
  const issuer = createLoneIssuer();
  await dieBeforeStatus(issuer);
  issuer.api.respec({ suspend: true });
  await issuer.settle();
  expect([issuer.entries() > 0, issuer.ready()?.reason]).toEqual([true, 'Suspended']);
  issuer.setAllowed(false);
  await issuer.settle();
  expect([issuer.entries(), issuer.ready()?.reason]).toEqual([0, 'NoPolicyMatched']);
});

test('takes them back of a Share that breaks a rule by now, whatever its Secret is called', async () => {
  const issuer = createLoneIssuer({ target: { secretName: 'weights-urls' } });
  await dieBeforeStatus(issuer);
  issuer.api.respec({ bucket: '..' });
  await issuer.settle();
  expect([issuer.entries(), issuer.ready()?.reason]).toEqual([0, 'InvalidSpec']);
  expect(issuer.api.secret()?.metadata.name).toBe('weights-urls');
});

test('fills the Secret again that was emptied and whose status still says that it is full', async () => {
  const issuer = createLoneIssuer();
  await issuer.settle();
  issuer.setAllowed(false);
  await dieBeforeStatus(issuer);
  issuer.setAllowed(true);
  expect([issuer.entries(), issuer.ready()?.status]).toEqual([0, 'True']);
  await issuer.settle();
  expect(issuer.api.secret()?.stringData?.['expires-at']).toBe(issuer.status()?.expirationTime);
});

test.each([true, false])('writes nothing where all is as its status says; allowed: %s', async (isAllowed) => {
  const issuer = createLoneIssuer({}, isAllowed);
  await issuer.settle();
  const before = issuer.api.writes();
  for (let n = 0; n < 3; n += 1) {
    issuer.restart();
    await issuer.settle();
  }
  expect(issuer.api.writes()).toBe(before);
});

const whats = ['secret', 'status'] as const;
const steps = fc.array(
  fc.oneof(
    fc.constantFrom('visit', 'check', 'allow', 'deny', 'busy', 'idle', 'probe', 'edit', 'renew', 'restart'),
    fc.tuple(fc.constantFrom(...whats), fc.constantFrom('request', 'answer', 'check')),
  ),
  { maxLength: 30 },
);

test('whatever was under way, Secret and status agree once a successor has settled', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (history, isAllowed) => {
      const issuer = createLoneIssuer();
      for (const step of history) {
        if (typeof step === 'string') await take(issuer, step);
        else disturb(issuer, ...step);
      }
      issuer.setAllowed(isAllowed);
      for (const what of whats) issuer.api.lose(what, 'nothing');
      issuer.restart();
      await issuer.settle();
      expect(issuer.ready()?.status).toBe(isAllowed ? 'True' : 'False');
      expect(issuer.api.secret()?.stringData?.['expires-at']).toBe(issuer.status()?.expirationTime);
      expect(issuer.entries() > 0).toBe(isAllowed);
    }),
    { numRuns: 500 },
  );
});

/** Something happens to the next write of this: it gets lost, or a check goes on beside it. */
function disturb({ api, check }: LoneIssuer, what: 'secret' | 'status', how: 'request' | 'answer' | 'check') {
  if (how === 'check') api.during(what, check);
  else api.lose(what, how);
}

async function take(issuer: LoneIssuer, step: string): Promise<void> {
  switch (step) {
    case 'restart':
      return issuer.restart();
    case 'check':
      return issuer.check();
    case 'visit':
      return void (await issuer.visit().catch((error: unknown) => {
        if (!(error instanceof KubeError) || error.status !== 0) throw error;
      }));
    default:
      return happen(issuer, step);
  }
}
