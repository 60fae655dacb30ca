import { readShare } from '@valetkey/share';
import { describe, expect, test } from 'vitest';

import { KubeError } from '../../kube/kube-error.ts';
import { createSecretCheck } from './secret-check.ts';
import type { Precondition, ShareApi } from './share-api.ts';
import { createShareCaches } from './share-caches.ts';
import { createShareMemory } from './share-memory.ts';

const key = 'vision/weights';
const secretRef = { name: 'weights-urls', uid: 'secret-uid', resourceVersion: '7' };
const expirationTime = '2026-11-26T12:00:00Z';
const published = { secretRef, expirationTime };
const withdrawn = { secretRef };

function aShare(status: object | undefined, { uid = 'share-uid', spec = {}, metadata = {} } = {}) {
  return readShare({
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'Share',
    metadata: { name: 'weights', namespace: 'vision', uid, resourceVersion: '5', ...metadata },
    spec: {
      storeRef: { kind: 'ClusterShareStore', name: 'models' },
      bucket: 'models',
      objects: [{ name: 'w', key: 'vision/w' }],
      target: { secretName: 'weights-urls' },
      ...spec,
    },
    status,
  });
}

type Answer = Awaited<ReturnType<ShareApi['probeSecret']>> | KubeError;

/** A check of `share` to which the API server says `answer`, and what comes of it. */
function checking(share: ReturnType<typeof aShare>, answer: Answer, { isGuarded = true } = {}) {
  const caches = createShareCaches();
  const memory = createShareMemory();
  const asked: { readonly name: string; readonly precondition: Precondition | undefined }[] = [];
  const added: string[] = [];
  const results: string[] = [];
  let meanwhile = (): void => undefined;
  caches.shares.set(share);
  const check = createSecretCheck({
    caches,
    memory,
    api: {
      async probeSecret(secret, precondition) {
        expect(secret.stringData).toEqual({});
        asked.push({ name: secret.metadata.name, precondition });
        meanwhile();
        if (answer instanceof KubeError) throw answer;
        return answer;
      },
    },
    unguarded: () => (isGuarded ? undefined : 'allowed'),
    add: (name) => added.push(name),
    onProbe: (result) => results.push(result),
  });
  return {
    caches,
    memory,
    asked,
    added,
    results,
    check: () => check(key),
    setMeanwhile: (run: () => void) => void (meanwhile = run),
    known: () => ({
      isDrifted: memory.isDrifted(key, share),
      filled: memory.filledOf(key, share),
      isChecked: memory.isChecked(key, share),
    }),
  };
}

const nothing = { isDrifted: false, filled: undefined, isChecked: true };
const drifted = { ...nothing, isDrifted: true };
const filled = { ...nothing, filled: 'weights-urls' };
const foreign = new KubeError({ status: 403, reason: 'Forbidden', causes: [{ reason: 'Forbidden' }] });
const immutable = new KubeError({ status: 422, reason: 'Invalid', causes: [{ field: 'type' }] });
const bySecretRef = { uid: 'secret-uid', resourceVersion: '7' };
const invalid = { spec: { bucket: '..', target: { secretName: 'weights-urls' } } };

test.each<[string, object | undefined, Answer, object, Precondition | undefined]>([
  ['published, as it was written', published, 'untouched', nothing, bySecretRef],
  ['published, and changed', published, 'changed', drifted, bySecretRef],
  ['published, and gone', published, 'gone', drifted, bySecretRef],
  ['withdrawn, as it was written', withdrawn, 'untouched', nothing, bySecretRef],
  ['withdrawn, and changed', withdrawn, 'changed', filled, bySecretRef],
  ['withdrawn, and gone', withdrawn, 'gone', nothing, bySecretRef],
  ['never told of, and not there', undefined, 'gone', nothing, undefined],
  ['never told of, and ours', {}, 'untouched', filled, undefined],
  ['never told of, and somebody else’s', {}, foreign, nothing, undefined],
  ['never told of, and of another type', {}, immutable, nothing, undefined],
  ['named by a forger', { ...withdrawn, secretRef: { ...secretRef, name: 'x' } }, 'gone', nothing, undefined],
  [
    'of a forged version',
    { ...withdrawn, secretRef: { ...secretRef, resourceVersion: 'x' } },
    'untouched',
    filled,
    undefined,
  ],
])('a Secret that is %s: %#', async (_what, status, answer, known, precondition) => {
  for (const share of [aShare(status), aShare(status, invalid)]) {
    const one = checking(share, answer);
    await one.check();
    expect(one.known()).toEqual(known);
    expect(one.added).toEqual(known === nothing ? [] : [key]);
    expect(one.asked).toEqual([{ name: 'weights-urls', precondition }]);
    await one.check();
    expect(one.asked).toHaveLength(1);
  }
});

test.each([
  ['the API server is away', new KubeError({ status: 0, reason: 'ConnectionFailed' })],
  ['the role is incomplete', new KubeError({ status: 403, reason: 'Forbidden' })],
  ['the API server fails', new KubeError({ status: 500, reason: 'InternalError' })],
])('no answer settles nothing: %s', async (_what, error) => {
  for (const status of [published, withdrawn, undefined]) {
    const one = checking(aShare(status), error);
    await expect(one.check()).rejects.toBe(error);
    expect([one.known(), one.added]).toEqual([{ ...nothing, isChecked: false }, []]);
    expect(one.results).toEqual(['failed']);
  }
});

describe('nothing is asked', () => {
  test('of a Share that is gone or goes', async () => {
    const going = { metadata: { deletionTimestamp: '2026-11-25T12:00:00Z' } };
    const one = checking(aShare(published, going), 'changed');
    await one.check();
    one.caches.shares.delete(key);
    await one.check();
    expect(one.asked).toEqual([]);
  });

  test('about what is not published while no admission policy tells whose it is', async () => {
    for (const status of [undefined, {}, withdrawn]) {
      const one = checking(aShare(status), 'changed', { isGuarded: false });
      await one.check();
      expect([one.asked, one.known()]).toEqual([[], { ...nothing, isChecked: false }]);
    }
    const known = checking(aShare(published), 'changed', { isGuarded: false });
    await known.check();
    expect([known.asked.length, known.known()]).toEqual([1, drifted]);
  });
});

describe('what is answered is not believed', () => {
  test('once a visit has written the Secret meanwhile', async () => {
    const share = aShare(withdrawn);
    const one = checking(share, 'changed');
    one.setMeanwhile(() => one.memory.checked(key, share));
    await one.check();
    expect([one.known(), one.added]).toEqual([nothing, []]);
  });

  test('once another Share has the name', async () => {
    const one = checking(aShare(undefined), 'untouched');
    const next = aShare(undefined, { uid: 'another' });
    one.setMeanwhile(() => one.caches.shares.set(next));
    await one.check();
    expect([one.memory.filledOf(key, next), one.memory.isChecked(key, next), one.added]).toEqual([
      undefined,
      false,
      [],
    ]);
  });
});
