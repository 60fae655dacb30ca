import type { EventToWrite } from '../runtime/event-recorder.ts';
import { toMicroTime } from '../runtime/micro-time.ts';
import type { KubeClient } from './client.ts';

const reportingController = 'valetkey.dev/k8s-issuer';
const maxInstanceLength = 128;
const timeoutMs = 5_000;

/**
 * Writes events of `events.k8s.io/v1`. A later count replaces the whole event: a patch would need a right under which
 * the API server shows events of others.
 * @internal
 */
export function createEventWriter(client: KubeClient, instance: string) {
  return async (event: EventToWrite, isNew: boolean, signal: AbortSignal): Promise<void> => {
    const path = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(event.regarding.namespace)}/events`;
    const body = toBody(event, instance.slice(0, maxInstanceLength));
    if (isNew) await client.create(path, body, { signal, timeoutMs });
    else await client.replace(`${path}/${encodeURIComponent(event.name)}`, body, { signal, timeoutMs });
  };
}

function toBody(event: EventToWrite, reportingInstance: string): object {
  const { name, regarding, type, reason, action, note, firstMs, lastMs, count } = event;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, namespace: regarding.namespace },
    eventTime: toMicroTime(firstMs),
    reportingController,
    reportingInstance,
    regarding,
    type,
    reason,
    action,
    note,
    ...(count > 1 ? { series: { count, lastObservedTime: toMicroTime(lastMs) } } : {}),
  };
}
