import { parseDurationSeconds, quote, ValetkeyError } from '@valetkey/core';

/** A record in a Lease is believed for no longer, whoever wrote it. */
const maxLeaseDurationMs = 300_000;

/** How the replicas agree on one that writes. */
export interface ElectionSettings {
  readonly leaseName: string;
  readonly leaseDurationMs: number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
}

/** The flags of the election; each is a default where it is absent. */
interface ElectionFlags {
  readonly 'lease-name'?: string | undefined;
  readonly 'lease-duration'?: string | undefined;
  readonly 'renew-deadline'?: string | undefined;
  readonly 'retry-period'?: string | undefined;
}

/**
 * The election's settings from its flags.
 * @throws ValetkeyError `invalid-configuration`, `invalid-lifetime`
 */
export function parseElectionSettings(flags: ElectionFlags): ElectionSettings {
  const leaseName = parseLeaseName(flags['lease-name'] ?? 'valetkey-issuer');
  const leaseDurationMs = parseMilliseconds('--lease-duration', flags['lease-duration'] ?? '15s');
  const renewDeadlineMs = parseMilliseconds('--renew-deadline', flags['renew-deadline'] ?? '10s');
  const retryPeriodMs = parseMilliseconds('--retry-period', flags['retry-period'] ?? '2s');
  // A leader needs two tries before its deadline, and the others must outwait it.
  if (renewDeadlineMs * 1.2 > leaseDurationMs || retryPeriodMs * 2 > renewDeadlineMs) {
    throw new ValetkeyError('invalid-configuration', {
      field: '--lease-duration, --renew-deadline, --retry-period',
      expected:
        'a lease duration of 1.2 renew deadlines or more, a renew deadline of 2 retry periods or more',
      got: `${leaseDurationMs / 1000}s, ${renewDeadlineMs / 1000}s, ${retryPeriodMs / 1000}s`,
    });
  }
  return { leaseName, leaseDurationMs, renewDeadlineMs, retryPeriodMs };
}

function parseMilliseconds(field: string, text: string): number {
  const ms = parseDurationSeconds(text, field) * 1_000;
  if (ms >= 1_000 && ms <= maxLeaseDurationMs) return ms;
  throw new ValetkeyError('invalid-configuration', { field, expected: '1s to 5m', got: quote(text) });
}

function parseLeaseName(text: string): string {
  if (/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/.test(text)) return text;
  throw new ValetkeyError('invalid-configuration', {
    field: '--lease-name',
    expected: 'the name of an object',
    got: quote(text),
  });
}
