import { parseShare, type ShareOutcome } from '@valetkey/share';
import { expect, test } from 'vitest';

import { createManualTime } from '../../../test/doubles/manual-time.ts';
import { createScheduler } from '../../runtime/scheduler.ts';
import { schedule } from './schedule.ts';

const key = 'vision/weights';
const nowMs = Date.parse('2026-11-24T10:00:00Z');
const kept: ShareOutcome = { kind: 'kept', policy: 'models' };
const at = (seconds: number) => `${new Date(nowMs + seconds * 1_000).toISOString().slice(0, 19)}Z`;
const aShare = (spec: object, status: object) =>
  parseShare({
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'Share',
    metadata: { name: 'weights', namespace: 'vision' },
    spec: {
      storeRef: { kind: 'ClusterShareStore', name: 'models' },
      bucket: 'models',
      objects: [{ name: 'weights', key: 'vision/weights.bin' }],
      ...spec,
    },
    status,
  });

test.each<[string, object, object, number]>([
  ['its renewal', {}, { renewalTime: at(150), expirationTime: at(300) }, 150],
  ['its own end', { endTime: at(20) }, { renewalTime: at(30), expirationTime: at(20) }, 20],
  ['the end of what is published', {}, { renewalTime: at(30), expirationTime: at(25) }, 25],
])('a published Share is visited again at %s when that comes first', (_what, spec, status, seconds) => {
  const time = createManualTime(nowMs);
  const scheduler = createScheduler({
    clock: time,
    timers: time,
    due: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  schedule(key, aShare(spec, status), kept, {
    scheduler,
    nowMs,
    random: () => 0,
    deletesEnded: false,
  });
  expect(scheduler.dueAt(key)).toBe(nowMs + seconds * 1_000);
});
