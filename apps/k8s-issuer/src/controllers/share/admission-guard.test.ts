import { describe, expect, test } from 'vitest';

import { KubeError, type KubeCause } from '../../kube/kube-error.ts';
import { isGuarded } from './admission-guard.ts';

interface Tried {
  readonly type: string;
  readonly metadata: { readonly ownerReferences: readonly object[] };
}

const isTried = (body: object): body is Tried => 'type' in body && 'metadata' in body;
const refuse = (status: number, causes: readonly KubeCause[] = [{}]) =>
  new KubeError({ status, reason: 'Forbidden', causes });

function look(answer: (secret: Tried) => KubeError | undefined): Promise<boolean> {
  return isGuarded(
    {
      async create(_path, body, options) {
        if (options?.dryRun !== true || !isTried(body)) throw new TypeError('only dry runs of Secrets');
        const refusal = answer(body);
        if (refusal !== undefined) throw refusal;
        return { name: 'probe', namespace: 'valetkey-system', uid: 'uid', resourceVersion: undefined };
      },
    },
    'valetkey-system',
  );
}

const isOurs = ({ type }: Tried) => type === 'valetkey.dev/presigned-urls';
const isOwned = ({ metadata }: Tried) => metadata.ownerReferences.length === 1;

describe('the admission policy', () => {
  test('is there when it refuses another type and a missing owner, and nothing else', async () => {
    expect(await look((secret) => (isOurs(secret) && isOwned(secret) ? undefined : refuse(403)))).toBe(true);
  });

  test.each<[string, (secret: Tried) => KubeError | undefined]>([
    ['nothing is refused', () => undefined],
    ['only another type is refused', (secret) => (isOurs(secret) ? undefined : refuse(403))],
    ['only a missing owner is refused', (secret) => (isOwned(secret) ? undefined : refuse(403))],
    ['a Secret of that name stands there', () => refuse(409, [])],
  ])('is not there when %s', async (_what, answer) => {
    expect(await look(answer)).toBe(false);
  });

  test.each<[string, KubeError]>([
    ['a policy of others refuses every Secret', refuse(403)],
    ['a role is missing', refuse(403, [])],
    ['the API server is away', new KubeError({ status: 0, reason: 'ConnectionFailed' })],
    ['a webhook is broken', refuse(500)],
  ])('cannot be told of when %s', async (_what, error) => {
    await expect(look(() => error)).rejects.toBe(error);
  });
});
