import type { ShareOutcome } from '@valetkey/share';
import { expect, test } from 'vitest';

import { createManualTime } from '../test/doubles/manual-time.ts';
import { createMetrics } from './observability/metrics.ts';
import type { RecordedEvent } from './runtime/event-recorder.ts';
import { createOutcomeListener } from './share-outcomes.ts';

const share = { metadata: { name: 'weights', namespace: 'vision', uid: 'share-uid' } };

async function tell(outcome: ShareOutcome) {
  const time = createManualTime();
  const metrics = createMetrics({
    timers: time,
    workers: 1,
    queueLength: () => 0,
    isLeader: () => true,
    leaseName: 'issuer',
    secondsToExpiry: () => undefined,
    clockSkewSeconds: () => undefined,
    unusable: () => [],
    isGuarded: () => true,
  });
  const recorded: RecordedEvent[] = [];
  const events = { record: (event: RecordedEvent) => void recorded.push(event), run: async () => undefined };
  createOutcomeListener({ metrics, events, clock: time })(outcome, share);
  const { text } = await metrics.render();
  return { recorded, lines: text.split('\n').filter((line) => /^valetkey_(share_o|policy_d)/.test(line)) };
}

test('a write that the API server refuses is an event and a failure', async () => {
  const finding = { reason: 'SecretWriteFailed', message: 'the API server answered 500' } as const;
  const { recorded, lines } = await tell({ kind: 'failed', finding, policy: 'models' });
  expect(recorded).toMatchObject([{ type: 'Warning', reason: 'SecretWriteFailed', note: finding.message }]);
  expect(lines).toEqual(['valetkey_share_outcomes_total{result="failed",reason="SecretWriteFailed"} 1']);
});

test('a withdrawal that fails is a failure and a denial', async () => {
  const finding = { reason: 'SecretWriteFailed', message: 'the API server answered 500' } as const;
  const denial = { reason: 'KeyNotAllowed', message: 'not this key' } as const;
  const { recorded, lines } = await tell({ kind: 'failed', finding, denial });
  expect(recorded).toMatchObject([{ reason: 'SecretWriteFailed' }]);
  expect(lines).toEqual([
    'valetkey_share_outcomes_total{result="failed",reason="SecretWriteFailed"} 1',
    'valetkey_policy_decisions_total{decision="denied",reason="KeyNotAllowed"} 1',
  ]);
});
