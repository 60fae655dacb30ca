import { parseShare, toEmptySecret, type Share } from '@valetkey/share';
import { describe, expect, test } from 'vitest';

import { KubeError, type KubeCause } from '../../kube/kube-error.ts';
import type { ShareApi, WrittenSecret } from './share-api.ts';
import { writeSecret, type WriteOutcome } from './write-secret.ts';

const known = { name: 'weights', uid: 'secret-uid', resourceVersion: '7' };
const label: KubeCause = { field: 'metadata.labels', reason: 'FieldValueInvalid' };
const type: KubeCause = { field: 'type', reason: 'FieldValueInvalid' };
const byPolicy: KubeCause = {};

function aShare(status?: object): Share {
  return parseShare({
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'Share',
    metadata: { name: 'weights', namespace: 'vision', uid: 'share-uid' },
    spec: {
      storeRef: { kind: 'ClusterShareStore', name: 'models' },
      bucket: 'models',
      objects: [{ name: 'weights', key: 'vision/weights.bin' }],
    },
    status,
  });
}

/** The API server's answers, in this order. */
function write(share: Share, answers: readonly (WrittenSecret | Error)[]): Promise<WriteOutcome> {
  const left = [...answers];
  const answer = async (): Promise<WrittenSecret> => {
    const next = left.shift();
    if (next === undefined || next instanceof Error) throw next ?? new TypeError('one call too many');
    return next;
  };
  const api: ShareApi = {
    createSecret: answer,
    replaceSecret: answer,
    readShare: async () => share,
    probeSecret: async () => 'untouched',
    removeShare: async () => true,
    replaceStatus: async () => ({ resourceVersion: '8' }),
    readCredentials: async () => ({}),
  };
  return writeSecret(api, share, toEmptySecret(share, 'weights'));
}

const refusal = (status: number, reason: string, causes: readonly KubeCause[] = []) =>
  new KubeError({ status, reason, causes });
const exists = refusal(409, 'AlreadyExists');

describe('what the API server answers to a first write is a finding:', () => {
  test.each<[string, KubeError, string, boolean]>([
    ['a broken admission webhook', refusal(500, 'InternalError'), 'SecretWriteFailed', false],
    ['a webhook that takes no such object', refusal(400, 'BadRequest'), 'SecretWriteFailed', false],
    ['no answer, since nothing guards the issuer', refusal(0, 'Unguarded'), 'Unguarded', false],
    ['half an answer', refusal(0, 'MalformedAnswer'), 'SecretWriteFailed', false],
    ['a missing role or quota', refusal(403, 'Forbidden'), 'SecretForbidden', false],
    ['another admission policy', refusal(403, 'Forbidden', [byPolicy]), 'SecretForbidden', false],
    ['one with the reason Invalid', refusal(422, 'Invalid', [byPolicy]), 'SecretForbidden', false],
    ['a label that it does not take', refusal(422, 'Invalid', [label]), 'InvalidSpec', true],
  ])('%s', async (_what, error, reason, isTerminal) => {
    const outcome = await write(aShare(), [error]);
    expect(outcome).toMatchObject({ kind: 'refused', finding: { reason } });
    expect('isTerminal' in outcome && outcome.isTerminal).toBe(isTerminal);
  });
});

describe('what it answers to a PUT over what stands there:', () => {
  test.each<[string, KubeError, string]>([
    ['the admission policy', refusal(403, 'Forbidden', [byPolicy]), 'SecretConflict'],
    ['another type', refusal(422, 'Invalid', [type]), 'SecretConflict'],
    ['a policy of others, with the reason Invalid', refusal(422, 'Invalid', [byPolicy]), 'SecretForbidden'],
    ['a missing role', refusal(403, 'Forbidden'), 'SecretForbidden'],
    [
      'an ending namespace',
      refusal(403, 'Forbidden', [{ reason: 'NamespaceTerminating' }]),
      'SecretForbidden',
    ],
    ['a label that it does not take', refusal(422, 'Invalid', [label]), 'InvalidSpec'],
    ['a broken webhook', refusal(500, 'InternalError'), 'SecretWriteFailed'],
  ])('%s', async (_what, error, reason) => {
    for (const [share, answers] of [
      [aShare(), [exists, error]],
      [aShare({ secretRef: known }), [error]],
    ] as const) {
      expect(await write(share, answers)).toMatchObject({ kind: 'refused', finding: { reason } });
    }
  });
});

describe('what says nothing about the Secret is thrown:', () => {
  test.each([refusal(0, 'ConnectionFailed'), refusal(0, 'DeadlineExceeded'), refusal(0, 'NotLeader')])(
    '%s',
    async (error) => {
      await expect(write(aShare(), [error])).rejects.toBe(error);
      await expect(write(aShare({ secretRef: known }), [error])).rejects.toBe(error);
    },
  );
});

test.each([refusal(429, 'TooManyRequests'), refusal(503, 'ServiceUnavailable'), refusal(504, 'Timeout')])(
  '%s is told as busy, with what to say of it if it lasts',
  async (error) => {
    const said = { kind: 'refused', finding: { reason: 'SecretWriteFailed' }, busy: error };
    expect(await write(aShare(), [error])).toMatchObject(said);
    expect(await write(aShare(), [exists, error])).toMatchObject(said);
    expect(await write(aShare({ secretRef: known }), [error])).toMatchObject(said);
  },
);
