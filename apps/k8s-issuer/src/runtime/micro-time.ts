import { formatInstant } from '@valetkey/core';

/**
 * The instant as Kubernetes' MicroTime: `2026-11-23T20:56:48.123000Z`. It has exactly six digits, for the API
 * server refuses every other number of them.
 * @internal
 */
export function toMicroTime(epochMs: number): string {
  const wholeMs = Math.floor(epochMs);
  const milliseconds = String(((wholeMs % 1_000) + 1_000) % 1_000).padStart(3, '0');
  return `${formatInstant(wholeMs).slice(0, -1)}.${milliseconds}000Z`;
}
