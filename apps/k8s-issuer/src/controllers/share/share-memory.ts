/**
 * What one issuer remembers of the Shares it has worked on, beside what the API server stores: its own last word on
 * each, and what it has heard since. Nothing is lost with it but time.
 */
import { fingerprintOf, type Finding, type ShareHead, type ShareStatus } from '@valetkey/share';

/** See the functions. */
export interface ShareMemory {
  /** A write of the status begins; what is heard until {@link ShareMemory.wrote} is likely ours. */
  writing(key: string): void;
  /** The write has ended: with this version, or without one when nothing was stored. */
  wrote(key: string, share: ShareHead, result: { resourceVersion?: string; status: ShareStatus }): void;
  /** The write of the status failed; the API server may have stored it all the same. */
  failed(key: string): void;
  /** Whether the cached Share is older than our last write to it: a cache that lags must not make it be written again. */
  isStale(key: string, share: ShareHead): boolean;
  /** Hears a status from the API server; remembers when it is not what we wrote. @returns whether it is not */
  hears(key: string, share: ShareHead): boolean;
  /** Whether somebody else has written the status since we did. */
  isStatusForeign(key: string): boolean;
  /** The Secret is not as we wrote it, although it was written as `resourceVersion`. */
  drifted(key: string, resourceVersion: string): void;
  /** Whether the Secret that the status names was found changed or gone. */
  isDrifted(key: string, share: ShareHead): boolean;
  /** Notes whether the API server has asked to come back later. @returns for how many milliseconds it has by now */
  busyForMs(key: string, isBusy: boolean, nowMs: number): number;
  /** The Secret was emptied, and the status that says so is still to be written over that of `share`. */
  withdrew(key: string, share: ShareHead, withdrawal: Withdrawal): void;
  /** What was withdrawn of a Share whose status does not say so yet. */
  withdrawalOf(key: string, share: ShareHead): Withdrawal | undefined;
  /** This Secret was written with URLs, or may have been, and the status of `share` does not say so yet. */
  filled(key: string, share: ShareHead, secretName: string): void;
  /** The name of a Secret that may hold URLs of which no status tells. */
  filledOf(key: string, share: ShareHead): string | undefined;
  /** The status says what is in the Secret. */
  told(key: string): void;
  /** This issuer has written the Secret, or asked about it: it is known what it holds. */
  checked(key: string, share: ShareHead): void;
  /** This Secret was found to hold URLs of which no status tells; so it is until it is written. */
  found(key: string, share: ShareHead, secretName: string): void;
  /** Whether this issuer itself knows what the Secret holds, and not only from what another one has stored. */
  isChecked(key: string, share: ShareHead): boolean;
  forget(key: string): void;
  clear(): void;
}

/** What a status will say of a Secret that was emptied, and why it was. */
interface Withdrawal {
  readonly finding: Finding;
  readonly status: ShareStatus;
}

/** A Secret that may hold URLs of which no status tells. */
interface Filling {
  readonly uid: string | undefined;
  readonly secretName: string;
}

interface LastWord {
  readonly uid: string | undefined;
  readonly version: bigint;
  readonly fingerprint: string;
}

/** Creates an empty memory. */
export function createShareMemory(): ShareMemory {
  const words = new Map<string, LastWord>();
  const underWay = new Set<string>();
  const foreign = new Set<string>();
  const drifts = new Map<string, string>();
  const busy = new Map<string, number>();
  const withdrawals = new Map<string, { readonly of: string; readonly withdrawal: Withdrawal }>();
  const fillings = new Map<string, Filling>();
  // Apart from the fillings: what a look finds during a visit must outlive the status that the visit writes.
  const findings = new Map<string, Filling>();
  const checks = new Map<string, string | undefined>();
  const filledOf: ShareMemory['filledOf'] = (key, { metadata }) =>
    [fillings.get(key), findings.get(key)].find((known) => known?.uid === metadata.uid)?.secretName;
  const checked: ShareMemory['checked'] = (key, { metadata }) => {
    findings.delete(key);
    checks.set(key, metadata.uid);
  };
  return {
    writing: (key) => void underWay.add(key),
    wrote(key, { metadata }, { resourceVersion, status }) {
      underWay.delete(key);
      foreign.delete(key);
      withdrawals.delete(key);
      const version = BigInt(resourceVersion ?? metadata.resourceVersion ?? '0');
      words.set(key, { uid: metadata.uid, version, fingerprint: fingerprintOf(status) });
    },
    failed(key) {
      underWay.delete(key);
      words.delete(key);
    },
    isStale(key, { metadata }) {
      const last = words.get(key);
      if (last === undefined || last.uid !== metadata.uid) return false;
      return BigInt(metadata.resourceVersion ?? '0') < last.version;
    },
    hears(key, { metadata, status }) {
      const last = words.get(key);
      if (last === undefined || last.uid !== metadata.uid || underWay.has(key)) return false;
      if (BigInt(metadata.resourceVersion ?? '0') <= last.version) return false;
      if (fingerprintOf(status) === last.fingerprint) return false;
      foreign.add(key);
      return true;
    },
    isStatusForeign: (key) => foreign.has(key),
    drifted: (key, resourceVersion) => void drifts.set(key, resourceVersion),
    isDrifted(key, { status }) {
      const version = drifts.get(key);
      if (version === undefined || version === status?.secretRef?.resourceVersion)
        return version !== undefined;
      drifts.delete(key);
      return false;
    },
    busyForMs(key, isBusy, nowMs) {
      const sinceMs = busy.get(key) ?? nowMs;
      if (isBusy) busy.set(key, sinceMs);
      else busy.delete(key);
      return nowMs - sinceMs;
    },
    withdrew(key, share, withdrawal) {
      fillings.delete(key);
      withdrawals.set(key, { of: publicationOf(share), withdrawal });
    },
    withdrawalOf(key, share) {
      const known = withdrawals.get(key);
      const holds = known?.of === publicationOf(share) && filledOf(key, share) === undefined;
      return holds ? known.withdrawal : undefined;
    },
    filled(key, share, secretName) {
      checked(key, share);
      fillings.set(key, { uid: share.metadata.uid, secretName });
    },
    filledOf,
    told: (key) => void fillings.delete(key),
    checked,
    found(key, share, secretName) {
      checked(key, share);
      findings.set(key, { uid: share.metadata.uid, secretName });
    },
    isChecked: (key, { metadata }) => checks.has(key) && checks.get(key) === metadata.uid,
    forget(key) {
      words.delete(key);
      underWay.delete(key);
      foreign.delete(key);
      drifts.delete(key);
      busy.delete(key);
      withdrawals.delete(key);
      fillings.delete(key);
      findings.delete(key);
      checks.delete(key);
    },
    clear() {
      for (const known of [words, underWay, foreign, drifts, busy, withdrawals, fillings, findings, checks])
        known.clear();
    },
  };
}

/** Which write of which Share's Secret its status knows of. */
function publicationOf({ metadata, status }: ShareHead): string {
  return `${metadata.uid ?? ''} ${status?.secretRef?.resourceVersion ?? ''}`;
}
