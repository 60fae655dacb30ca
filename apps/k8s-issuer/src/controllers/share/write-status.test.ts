import type { Share } from '@valetkey/share';
import { expect, test } from 'vitest';

import type { ShareApi } from './share-api.ts';
import { writeStatus } from './write-status.ts';

const ready = { type: 'Ready', status: 'True', reason: 'Issued', message: 'ok' } as const;
const at = '2026-11-25T18:00:00Z';

async function write(before: object | undefined, after: object): Promise<readonly unknown[]> {
  const written: unknown[] = [];
  const refuse = () => Promise.reject(new Error('not asked for'));
  const api: Pick<ShareApi, 'readShare' | 'replaceStatus'> = {
    readShare: refuse,
    async replaceStatus(_metadata, status) {
      written.push(status);
      return { resourceVersion: '8' };
    },
  };
  const metadata = { name: 'a', namespace: 'ns', uid: 'u', resourceVersion: '7' };
  const share = { metadata, status: before } as unknown as Share;
  await writeStatus(api, share, after);
  return written;
}

test('a status that differs only in the order of its fields, or in absent ones, is not written', async () => {
  const stored = {
    conditions: [{ lastTransitionTime: at, message: 'ok', reason: 'Issued', status: 'True', type: 'Ready' }],
  };
  const computed = { conditions: [{ ...ready, lastTransitionTime: at, observedGeneration: undefined }] };
  expect(await write(stored, computed)).toEqual([]);
});

test('a status that differs is written whole, so that what is gone is gone', async () => {
  const stored = { revision: 1, clampedBy: 'Policy', conditions: [ready] };
  const computed = { revision: 2, conditions: [ready] };
  expect(await write(stored, computed)).toEqual([computed]);
});

test('over a status that cannot be read even an empty one is written', async () => {
  expect(await write(undefined, {})).toEqual([{}]);
});
