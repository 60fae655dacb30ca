/** What metrics and events tell of a visit to a Share. */
import { parseInstant, redact, type Clock } from '@valetkey/core';
import type { ShareHead, ShareOutcome } from '@valetkey/share';

import type { Metrics } from './observability/metrics.ts';
import type { EventRecorder, RecordedEvent } from './runtime/event-recorder.ts';

/** The listener of a share controller. */
export function createOutcomeListener(parts: {
  readonly metrics: Metrics;
  readonly events: EventRecorder;
  readonly clock: Clock;
}): (outcome: ShareOutcome, share: ShareHead) => void {
  const { metrics, events, clock } = parts;
  return (outcome, share) => {
    metrics.issued(outcome.kind, 'finding' in outcome ? outcome.finding.reason : '');
    if (outcome.kind === 'failed' && outcome.denial !== undefined) metrics.denied(outcome.denial.reason);
    const dueMs = renewalTimeOf(share);
    if (outcome.kind === 'issued' && dueMs !== undefined && dueMs <= clock.now()) {
      metrics.renewed((clock.now() - dueMs) / 1000);
    }
    const event = toEvent(outcome, share);
    if (event !== undefined) events.record(event);
  };
}

/** A renewal is no news: an event each time would be a write more for every one. */
function toEvent(outcome: ShareOutcome, share: ShareHead): RecordedEvent | undefined {
  const regarding = toRegarding(share);
  if ('finding' in outcome) {
    const { reason, message } = outcome.finding;
    return { regarding, type: 'Warning', reason, action: 'Publish', note: redact(message) };
  }
  if (outcome.kind !== 'issued' || isReady(share)) return undefined;
  const note = `Secret ${outcome.secretRef.name} holds fresh URLs`;
  return { regarding, type: 'Normal', reason: 'Issued', action: 'Publish', note };
}

function toRegarding({ metadata }: ShareHead): RecordedEvent['regarding'] {
  return {
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'Share',
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
  };
}

function isReady({ status }: ShareHead): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}

function renewalTimeOf({ status }: ShareHead): number | undefined {
  return status?.renewalTime === undefined ? undefined : parseInstant(status.renewalTime, 'renewalTime');
}
