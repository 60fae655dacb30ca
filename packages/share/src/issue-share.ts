import {
  formatInstant,
  parseInstant,
  presign,
  ValetkeyError,
  type LifetimeLimiter,
  type SigningCredentials,
} from '@valetkey/core';
import type { ShareDecision } from './decide-share.ts';
import { plannedRenewalMs } from './renewal/planned-renewal.ts';
import { toManifest } from './secret/manifest.ts';
import { toUrlEntries } from './secret/secret-data.ts';
import { toSecret, type ShareSecret } from './secret/secret.ts';
import type { Share } from './v1alpha1/share.ts';

/** Below the API server's 1 MiB, with room for metadata and encoding. */
const maxSecretBytes = 900 * 1024;

/**
 * A signed Share: the Secret to write and what the status says about it.
 * @public
 */
export interface IssuedShare {
  readonly secret: ShareSecret;
  readonly revision: number;
  readonly objectCount: number;
  readonly policy: string;
  /** All in milliseconds since the epoch; `expiresMs` is the earliest of its URLs. */
  readonly issuedMs: number;
  readonly expiresMs: number;
  readonly renewalMs: number;
  /** Absent when nothing trimmed the lifetime that was asked for. */
  readonly clampedBy?: Exclude<LifetimeLimiter, 'asked' | 'policy'>;
}

/** What signing needs beside the decision. */
export interface IssueOptions {
  readonly share: Share;
  readonly namespace: string;
  readonly revision: number;
  readonly nowMs: number;
}

/**
 * Signs every object of a Share and lays out its Secret.
 * @throws ValetkeyError `credentials-unavailable`, `credentials-expired`, `signing-failed`, `body-too-large`
 * @public
 */
export function issueShare(
  decision: Extract<ShareDecision, { readonly allowed: true }>,
  credentials: SigningCredentials,
  { share, namespace, revision, nowMs }: IssueOptions,
): IssuedShare {
  const { store, authorization } = decision;
  const issued = [...authorization.grants].map(([name, grant]) => ({
    name,
    grant,
    url: presign(grant, credentials, { store, nowMs }),
  }));
  const earliest = issued
    .map(({ url }) => ({ expiresMs: parseInstant(url.expiresAt, 'expiresAt'), limitedBy: url.limitedBy }))
    .reduce((a, b) => (b.expiresMs < a.expiresMs ? b : a));
  // At an end time a renewal would gain nothing: that is when the URLs are withdrawn.
  const renewalMs =
    earliest.limitedBy === 'end-time'
      ? earliest.expiresMs
      : plannedRenewalMs(share, { issuedMs: nowMs, expiresMs: earliest.expiresMs });
  const expiresAt = formatInstant(earliest.expiresMs);
  const renewAt = formatInstant(renewalMs);
  const stringData = {
    ...toUrlEntries(issued, share.spec.target.layout),
    'manifest.json': toManifest({ namespace, share: share.metadata.name, revision }, issued),
    'expires-at': expiresAt,
    'renew-at': renewAt,
  };
  checkSize(stringData);
  const { limitedBy } = earliest;
  return {
    secret: toSecret(share, namespace, { revision, expiresAt, renewAt }, stringData),
    revision,
    objectCount: issued.length,
    policy: authorization.policy,
    issuedMs: nowMs,
    expiresMs: earliest.expiresMs,
    renewalMs,
    ...(limitedBy === 'asked' || limitedBy === 'policy' ? {} : { clampedBy: limitedBy }),
  };
}

/** Everything in it is ASCII but keys in the manifest, which may take three bytes a character. */
function checkSize(stringData: Readonly<Record<string, string>>): void {
  const bytes = Object.values(stringData).reduce(
    (sum, text) => sum + encodeURIComponent(text).replaceAll(/%../g, 'x').length,
    0,
  );
  if (bytes <= maxSecretBytes) return;
  throw new ValetkeyError('body-too-large', {
    field: 'the Secret',
    expected: `at most ${maxSecretBytes} bytes`,
    got: `${bytes} bytes`,
    hint: 'Split the Share into several.',
  });
}
