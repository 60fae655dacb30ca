import { ValetkeyError } from '../errors.ts';
import { parseBucket } from '../grammar/bucket.ts';
import type { BucketName } from '../grammar/brands.ts';
import type { KeyRules } from '../grammar/key.ts';
import { maxLifetimeSeconds } from '../grammar/lifetime.ts';
import { parseDurationSeconds, parseSizeBytes } from '../grammar/quantity.ts';
import { quote } from '../grammar/quote.ts';
import { parseInstant } from '../instant.ts';
import { parseContentTypePattern } from './content-type.ts';
import { compileKeyPattern, type KeyPattern } from './key-pattern.ts';
import { partBounds } from './part-size.ts';
import type { Action, RuleInput } from './rule.ts';
import type { SubjectSelector } from './subject.ts';

/**
 * A policy before it is compiled: the rule, and for whom and where it holds.
 * @public
 */
export interface PolicyInput {
  readonly name: string;
  readonly subjects: readonly SubjectSelector[];
  /** Names of stores. */
  readonly stores: readonly string[];
  readonly buckets: readonly string[];
  readonly rule: RuleInput;
  /**
   * Whether every store of the policy keeps `a//b` and `a/b` apart. Only then does the syntax `raw` allow leading and
   * doubled slashes.
   * @default 'collapsed'
   */
  readonly slashes?: KeyRules['slashes'];
  /** The policy holds from this RFC 3339 instant on. */
  readonly notBefore?: string | undefined;
  /** The policy ends at this RFC 3339 instant, and with it every URL made under it. */
  readonly notAfter?: string | undefined;
  readonly rateLimit?: RateLimit | undefined;
}

/**
 * How much one subject may ask under one policy, in at most 24 days.
 * @public
 */
export interface RateLimit {
  readonly requests?: { readonly count: number; readonly windowSeconds: number } | undefined;
  /** Sizes of uploads that were let begin, as declared; each upload once. */
  readonly bytes?: { readonly count: number; readonly windowSeconds: number } | undefined;
}

/**
 * What an upload may be.
 * @public
 */
export interface UploadRule {
  readonly maxBytes: number | undefined;
  readonly minBytes: number;
  /** In lower case, `image/*` for all of one kind. Absent: any. */
  readonly contentTypes: readonly string[] | undefined;
  readonly checksum: 'none' | 'optional' | 'required';
  readonly overwrite: boolean;
  /** Names that may be set. */
  readonly metadata: readonly string[];
  /** Headers of the object that may be set beside its type: what it is served with. */
  readonly headers: readonly ('cache-control' | 'content-disposition')[];
  /** Files of one selection in a user interface; for the interface to keep, since a service sees no selections. */
  readonly maxFiles: number | undefined;
  /** Files of more bytes go up in parts. */
  readonly multipartThresholdBytes: number;
  /** Bytes of a part but the last; `auto`: chosen by the file's size, see {@link partBytesFor}. */
  readonly partBytes: 'auto' | number;
  /** How long an upload may be resumed, in seconds. */
  readonly sessionSeconds: number;
}

/** What a download may be. */
interface DownloadRule {
  readonly disposition: 'inline' | 'attachment' | undefined;
  readonly requireVersionId: boolean;
  /** URLs asked within so many seconds are identical, and redirects to them may be kept as long; 0: each its own. */
  readonly cacheWindowSeconds: number;
}

/**
 * A compiled policy. Policies only allow; what none allows is denied.
 * @public
 */
export interface Policy {
  readonly name: string;
  readonly subjects: readonly SubjectSelector[];
  readonly stores: readonly string[];
  readonly buckets: readonly BucketName[];
  readonly actions: readonly Action[];
  readonly keys: readonly KeyPattern[];
  readonly exceptKeys: readonly KeyPattern[];
  readonly keyRules: KeyRules;
  /** Milliseconds since the epoch. */
  readonly notBeforeMs: number | undefined;
  /** Milliseconds since the epoch. */
  readonly notAfterMs: number | undefined;
  readonly lifetime: { readonly defaultSeconds: number; readonly maxSeconds: number };
  readonly upload: UploadRule;
  readonly download: DownloadRule;
  readonly rateLimit: RateLimit;
}

const usualLifetime = '1h';
const usualLifetimeSeconds = 3600;
const usualSessionSeconds = 24 * 3600;
/** A counter in memory forgets by a timer of Node, and none is longer than 2^31 - 1 milliseconds. */
const maxRateWindowSeconds = 24 * 24 * 3600;
const usualThresholdBytes = 16 * 1024 * 1024;

/**
 * A policy ready to be asked: durations in seconds, sizes in bytes, patterns compiled.
 * @throws ValetkeyError `invalid-policy`, `invalid-bucket`, with the field's path below `field`
 * @public
 */
export function compilePolicy(input: PolicyInput, field: string): Policy {
  const { rule } = input;
  const keyRules = { syntax: rule.keySyntax ?? 'strict', slashes: input.slashes ?? 'collapsed' } as const;
  checkRateLimit(input, field);
  return {
    name: input.name,
    subjects: input.subjects,
    stores: input.stores,
    buckets: input.buckets.map((bucket, index) => parseBucket(bucket, `${field}.buckets[${index}]`)),
    actions: rule.actions,
    keys: rule.keys.map((key, index) => compileKeyPattern(key, `${field}.keys[${index}]`, keyRules)),
    exceptKeys: (rule.exceptKeys ?? []).map((key, index) =>
      compileKeyPattern(key, `${field}.exceptKeys[${index}]`, keyRules),
    ),
    keyRules,
    ...compilePeriod(input, field),
    lifetime: compileLifetime(rule.lifetime ?? { max: usualLifetime }, `${field}.lifetime`),
    upload: compileUpload(rule.upload ?? {}, `${field}.upload`),
    download: {
      disposition: rule.download?.disposition,
      requireVersionId: rule.download?.requireVersionId ?? false,
      cacheWindowSeconds:
        rule.download?.cacheWindow === undefined
          ? 0
          : toLifetime(rule.download.cacheWindow, `${field}.download.cacheWindow`),
    },
    rateLimit: input.rateLimit ?? {},
  };
}

function compilePeriod(
  { notBefore, notAfter }: PolicyInput,
  field: string,
): Pick<Policy, 'notBeforeMs' | 'notAfterMs'> {
  const notBeforeMs = notBefore === undefined ? undefined : parseInstant(notBefore, `${field}.notBefore`);
  const notAfterMs = notAfter === undefined ? undefined : parseInstant(notAfter, `${field}.notAfter`);
  if (notBeforeMs === undefined || notAfterMs === undefined || notBeforeMs < notAfterMs) {
    return { notBeforeMs, notAfterMs };
  }
  throw new ValetkeyError('invalid-policy', {
    field: `${field}.notAfter`,
    expected: `an instant after notBefore, which is ${quote(notBefore)}`,
    got: quote(notAfter),
  });
}

/** Anonymous callers share one identity, so that nothing else bounds what they ask. */
function checkRateLimit({ subjects, rateLimit }: PolicyInput, field: string): void {
  for (const limit of ['requests', 'bytes'] as const) {
    const { windowSeconds = 1 } = rateLimit?.[limit] ?? {};
    if (windowSeconds >= 1 && windowSeconds <= maxRateWindowSeconds) continue;
    throw new ValetkeyError('invalid-policy', {
      field: `${field}.rateLimit.${limit}`,
      expected: `a time of at most ${maxRateWindowSeconds / 3600}h (24 days), which is as long as a timer can be`,
      got: `${windowSeconds} seconds`,
    });
  }
  if (rateLimit?.requests !== undefined || subjects.every(({ kind }) => kind !== 'anonymous')) return;
  throw new ValetkeyError('invalid-policy', {
    field: `${field}.rateLimit`,
    expected: 'a rateLimit of requests, because anonymous subjects are allowed',
    got: 'none',
  });
}

function compileLifetime(lifetime: NonNullable<RuleInput['lifetime']>, field: string): Policy['lifetime'] {
  const maxSeconds = toLifetime(lifetime.max, `${field}.max`);
  const defaultSeconds =
    lifetime.default === undefined
      ? Math.min(usualLifetimeSeconds, maxSeconds)
      : toLifetime(lifetime.default, `${field}.default`);
  if (defaultSeconds <= maxSeconds) return { defaultSeconds, maxSeconds };
  throw new ValetkeyError('invalid-policy', {
    field: `${field}.default`,
    expected: `at most lifetime.max, which is ${quote(lifetime.max)}`,
    got: quote(lifetime.default),
  });
}

function toLifetime(text: string, field: string): number {
  const seconds = parseDurationSeconds(text, field);
  if (seconds >= 1 && seconds <= maxLifetimeSeconds) return seconds;
  throw new ValetkeyError('invalid-policy', { field, expected: 'from 1s to 168h', got: quote(text) });
}

function compileUpload(upload: NonNullable<RuleInput['upload']>, field: string): UploadRule {
  const maxBytes =
    upload.maxSize === undefined ? undefined : parseSizeBytes(upload.maxSize, `${field}.maxSize`);
  const minBytes = upload.minSize === undefined ? 0 : parseSizeBytes(upload.minSize, `${field}.minSize`);
  if (maxBytes !== undefined && minBytes > maxBytes) {
    throw new ValetkeyError('invalid-policy', {
      field: `${field}.minSize`,
      expected: `at most maxSize, which is ${maxBytes} bytes`,
      got: `${minBytes} bytes`,
    });
  }
  return {
    maxBytes,
    minBytes,
    contentTypes: upload.contentTypes?.map((type, index) =>
      parseContentTypePattern(type, `${field}.contentTypes[${index}]`),
    ),
    checksum: upload.checksum ?? 'optional',
    overwrite: upload.overwrite ?? true,
    metadata: upload.metadata ?? [],
    headers: upload.headers ?? [],
    maxFiles: upload.maxFiles,
    multipartThresholdBytes:
      upload.multipartThreshold === undefined
        ? usualThresholdBytes
        : toPartSize(upload.multipartThreshold, `${field}.multipartThreshold`),
    partBytes:
      upload.partSize === undefined || upload.partSize === 'auto'
        ? 'auto'
        : toPartSize(upload.partSize, `${field}.partSize`),
    sessionSeconds:
      upload.session === undefined ? usualSessionSeconds : toLifetime(upload.session, `${field}.session`),
  };
}

/** A whole file or a part of one travels in one PUT; both have the same bounds. */
function toPartSize(size: string | number, field: string): number {
  const bytes = parseSizeBytes(size, field);
  if (bytes >= partBounds.min && bytes <= partBounds.max) return bytes;
  throw new ValetkeyError('invalid-policy', { field, expected: 'from 5Mi to 5Gi', got: quote(size) });
}
