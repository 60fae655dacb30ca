/** What is allowed in a policy and yet rarely meant. */
import type { KeyPattern, PatternPart } from './key-pattern.ts';
import type { Policy } from './policy.ts';

/**
 * Something about a policy that its owner should look at.
 * @public
 */
export interface PolicyWarning {
  /** Absent when it is about all of them. */
  readonly policy?: string;
  readonly code:
    | 'no-policies'
    | 'covers-whole-bucket'
    | 'upload-without-max-size'
    | 'upload-without-content-types'
    | 'size-over-rate-limit'
    | 'overwrite-by-anyone'
    | 'long-lifetime'
    | 'anonymous-upload'
    | 'shadowed';
  readonly field: string;
  readonly message: string;
  /** What to do about it, as an imperative sentence. */
  readonly fix: string;
}

type Lint = (policy: Policy) => Omit<PolicyWarning, 'policy'> | undefined;

const longSeconds = 12 * 3600;

const lints: readonly Lint[] = [
  ({ keys }) =>
    keys.some(isWholeBucket)
      ? {
          code: 'covers-whole-bucket',
          field: 'keys',
          message: 'A pattern of {rest} alone covers every key of the bucket.',
          fix: 'Begin the pattern with a folder.',
        }
      : undefined,
  ({ actions, upload }) =>
    actions.includes('upload') && upload.maxBytes === undefined
      ? {
          code: 'upload-without-max-size',
          field: 'upload.maxSize',
          message: 'Files of any size may be uploaded.',
          fix: 'Set upload.maxSize.',
        }
      : undefined,
  ({ actions, upload }) =>
    actions.includes('upload') && upload.contentTypes === undefined
      ? {
          code: 'upload-without-content-types',
          field: 'upload.contentTypes',
          message: 'Files of any type may be uploaded, pages with scripts among them.',
          fix: 'List upload.contentTypes.',
        }
      : undefined,
  ({ actions, upload: { minBytes, maxBytes = minBytes }, rateLimit: { bytes } }) =>
    actions.includes('upload') && bytes !== undefined && maxBytes > bytes.count
      ? {
          code: 'size-over-rate-limit',
          field: 'rateLimit.bytes',
          message: `Files of up to ${maxBytes} bytes may be uploaded, but the rate limit never lets more than ${bytes.count} through: larger ones are refused.`,
          fix: 'Raise rateLimit.bytes, or lower upload.maxSize to it.',
        }
      : undefined,
  ({ actions, upload, keys }) =>
    actions.includes('upload') && upload.overwrite && !keys.every(isOfOneSubject)
      ? {
          code: 'overwrite-by-anyone',
          field: 'upload.overwrite',
          message: "One subject may replace another's objects: a key holds neither {uuid} nor {sub}.",
          fix: 'Put {uuid} or {sub} into the pattern, or set upload.overwrite: false.',
        }
      : undefined,
  ({ lifetime }) =>
    lifetime.maxSeconds > longSeconds
      ? {
          code: 'long-lifetime',
          field: 'lifetime.max',
          message: 'URLs may live longer than 12 hours; nothing takes a URL back.',
          fix: 'Lower lifetime.max, and sign anew instead.',
        }
      : undefined,
  ({ actions, subjects }) =>
    actions.includes('upload') && subjects.some(({ kind }) => kind === 'anonymous')
      ? {
          code: 'anonymous-upload',
          field: 'subjects',
          message: 'Everybody may upload; the rate limit is the only bound.',
          fix: 'Ask for a user, or keep the rate limit small.',
        }
      : undefined,
];

/**
 * Looks through policies for what is allowed and yet rarely meant.
 * @public
 */
export function lintPolicies(policies: readonly Policy[]): readonly PolicyWarning[] {
  if (policies.length === 0) {
    return [
      {
        code: 'no-policies',
        field: 'policies',
        message: 'Without a policy everything is denied, and the services do not start.',
        fix: 'Write a policy.',
      },
    ];
  }
  return policies.flatMap((policy, index) => [
    ...lints.flatMap((lint) => {
      const warning = lint(policy);
      return warning === undefined ? [] : [{ policy: policy.name, ...warning }];
    }),
    ...shadowOf(policy, policies.slice(0, index)),
  ]);
}

function isWholeBucket({ segments, endsWithRest }: KeyPattern): boolean {
  return endsWithRest && segments.length === 0;
}

function isOfOneSubject({ segments }: KeyPattern): boolean {
  const ownVariables = new Set(['uuid', 'sub', 'subHash']);
  return segments
    .flat()
    .some((part: PatternPart) => part.kind !== 'literal' && ownVariables.has(part.variable));
}

/** An earlier one for the same subjects and place that covers as much wins every time. */
function shadowOf(policy: Policy, earlier: readonly Policy[]): readonly PolicyWarning[] {
  const shadow = earlier.find(
    (other) =>
      sameText(other.subjects, policy.subjects) &&
      sameText(other.stores, policy.stores) &&
      sameText(other.buckets, policy.buckets) &&
      sameText(other.upload, policy.upload) &&
      sameText(other.download, policy.download) &&
      sameText(other.exceptKeys, policy.exceptKeys) &&
      sameText(other.keyRules, policy.keyRules) &&
      sameText([other.notBeforeMs, other.notAfterMs], [policy.notBeforeMs, policy.notAfterMs]) &&
      other.lifetime.maxSeconds >= policy.lifetime.maxSeconds &&
      policy.actions.every((action) => other.actions.includes(action)) &&
      policy.keys.every(({ text }) => other.keys.some((pattern) => pattern.text === text)),
  );
  if (shadow === undefined) return [];
  return [
    {
      policy: policy.name,
      code: 'shadowed',
      field: 'policies',
      message: `Whatever it allows, ${shadow.name} allows before it.`,
      fix: 'Remove it, or put it first.',
    },
  ];
}

function sameText(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
