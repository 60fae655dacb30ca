import { ValetkeyError } from '../errors.ts';
import { parseBucket } from '../grammar/bucket.ts';
import type { BucketName } from '../grammar/brands.ts';
import type { KeySyntax } from '../grammar/key.ts';
import { maxLifetimeSeconds } from '../grammar/lifetime.ts';
import { parseDurationSeconds, parseSizeBytes } from '../grammar/quantity.ts';
import { quote } from '../grammar/quote.ts';
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
  readonly rateLimit?: RateLimit | undefined;
}

/**
 * How much one subject may ask under one policy.
 * @public
 */
export interface RateLimit {
  readonly requests?: { readonly count: number; readonly windowSeconds: number } | undefined;
  /** Declared sizes of uploads. */
  readonly bytes?: { readonly count: number; readonly windowSeconds: number } | undefined;
}

/**
 * What an upload may be.
 * @public
 */
export interface UploadRule {
  readonly maxBytes: number | undefined;
  readonly minBytes: number;
  /** Absent: any. */
  readonly contentTypes: readonly string[] | undefined;
  readonly checksum: 'none' | 'optional' | 'required';
  readonly overwrite: boolean;
  /** Names that may be set. */
  readonly metadata: readonly string[];
  /** Files of one selection in a user interface. */
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
  /** How long a redirect to an object may be kept, in seconds; 0: not at all. */
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
  readonly keySyntax: KeySyntax;
  readonly lifetime: { readonly defaultSeconds: number; readonly maxSeconds: number };
  readonly upload: UploadRule;
  readonly download: DownloadRule;
  readonly rateLimit: RateLimit;
}

const usualLifetimeSeconds = 3600;
const usualSessionSeconds = 24 * 3600;
const usualThresholdBytes = 16 * 1024 * 1024;

/**
 * A policy ready to be asked: durations in seconds, sizes in bytes, patterns compiled.
 * @throws ValetkeyError `invalid-policy`, `invalid-bucket`, with the field's path below `field`
 * @public
 */
export function compilePolicy(input: PolicyInput, field: string): Policy {
  const { rule } = input;
  return {
    name: input.name,
    subjects: input.subjects,
    stores: input.stores,
    buckets: input.buckets.map((bucket, index) => parseBucket(bucket, `${field}.buckets[${index}]`)),
    actions: rule.actions,
    keys: rule.keys.map((key, index) => compileKeyPattern(key, `${field}.keys[${index}]`)),
    exceptKeys: (rule.exceptKeys ?? []).map((key, index) =>
      compileKeyPattern(key, `${field}.exceptKeys[${index}]`),
    ),
    keySyntax: rule.keySyntax ?? 'strict',
    lifetime: compileLifetime(rule.lifetime, `${field}.lifetime`),
    upload: compileUpload(rule.upload ?? {}, `${field}.upload`),
    download: {
      disposition: rule.download?.disposition,
      requireVersionId: rule.download?.requireVersionId ?? false,
      cacheWindowSeconds:
        rule.download?.cacheWindow === undefined
          ? 0
          : parseDurationSeconds(rule.download.cacheWindow, `${field}.download.cacheWindow`),
    },
    rateLimit: input.rateLimit ?? {},
  };
}

function compileLifetime(lifetime: RuleInput['lifetime'], field: string): Policy['lifetime'] {
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
    contentTypes: upload.contentTypes,
    checksum: upload.checksum ?? 'optional',
    overwrite: upload.overwrite ?? true,
    metadata: upload.metadata ?? [],
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
