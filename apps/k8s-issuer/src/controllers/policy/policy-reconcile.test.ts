import { parseSharePolicy } from '@valetkey/share';
import { expect, test } from 'vitest';

import { createManualTime } from '../../../test/doubles/manual-time.ts';
import { downloadPolicySpec } from '../../../test/doubles/stored-objects.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { createPolicyReconcile } from './policy-reconcile.ts';

const policy = parseSharePolicy({
  apiVersion: 'valetkey.dev/v1alpha1',
  kind: 'SharePolicy',
  metadata: { name: 'models', resourceVersion: '7' },
  spec: downloadPolicySpec,
});

function visit(answer: KubeError | undefined) {
  const patches: object[] = [];
  const reconcile = createPolicyReconcile({
    client: {
      async patchStatus(_path, patch) {
        if (answer !== undefined) throw answer;
        patches.push(patch);
        return { name: 'models', namespace: undefined, uid: 'uid', resourceVersion: '8' };
      },
    },
    clock: createManualTime(Date.parse('2026-11-25T12:00:00Z')),
    policyOf: () => policy,
    sharesUnder: () => [],
    namespaceOf: () => undefined,
  });
  return { patches, result: reconcile('models') };
}

test('what is said of a policy is for the version that was looked at', async () => {
  const { patches, result } = visit(undefined);
  expect(await result).toBeUndefined();
  expect(patches).toMatchObject([{ metadata: { resourceVersion: '7' }, status: { matchedShares: 0 } }]);
});

test.each([
  [409, 'Conflict'],
  [404, 'NotFound'],
])('one that has changed or gone meanwhile (%d) is looked at again', async (status, reason) => {
  expect(await visit(new KubeError({ status, reason })).result).toEqual({ requeueAfterMs: 1_000 });
});

test('another refusal is thrown, so that it is seen', async () => {
  const error = new KubeError({ status: 500, reason: 'InternalError' });
  await expect(visit(error).result).rejects.toBe(error);
});
