/** A file of questions with the answers they should get, to be kept beside the policies. */
import {
  ValetkeyError,
  errorCatalogue,
  parseDurationSeconds,
  parseSizeBytes,
  quote,
  type ErrorCode,
  type Policy,
} from '@valetkey/core';
import { parse } from 'yaml';
import { z } from 'zod';

import { askPolicies, type PolicyAnswer, type PolicyQuestion } from './policy-question.ts';

const text = z.string().min(1).max(1024);
const codes = Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]];

const subjectSchema = z
  .strictObject({
    kind: z.enum(['anonymous', 'user', 'serviceAccount']),
    id: text.default('anonymous'),
    namespace: text.optional(),
    claims: z.record(z.string(), z.unknown()).default({}),
  })
  .refine(({ kind, namespace }) => (kind === 'serviceAccount') === (namespace !== undefined), {
    error: 'a namespace for a serviceAccount, and for no other kind',
    path: ['namespace'],
  });

const caseSchema = z.strictObject({
  name: text,
  subject: subjectSchema,
  action: z.enum(['download', 'upload', 'delete', 'list']),
  store: text.optional(),
  bucket: text,
  key: z.string().max(1024).optional(),
  fileName: text.optional(),
  lifetime: text.optional(),
  versionId: text.optional(),
  size: z.union([z.int().min(0), text]).optional(),
  contentType: text.optional(),
  expect: z.union([
    z.strictObject({ allowed: z.literal(true), policy: text.optional(), key: text.optional() }),
    z.strictObject({ allowed: z.literal(false), code: z.enum(codes).optional() }),
  ]),
});

const fileSchema = z.strictObject({ tests: z.array(caseSchema).min(1).max(10_000) });

type TestCase = z.output<typeof caseSchema>;

/** How one case went. */
export interface TestOutcome {
  readonly name: string;
  /** Absent when it passed. */
  readonly failure?: string;
}

/**
 * Reads a file of tests.
 * @throws ValetkeyError `invalid-configuration`, `unknown-field`
 */
export function parsePolicyTests(content: string, file: string): readonly TestCase[] {
  const result = fileSchema.safeParse(parseYaml(content, file), { reportInput: true });
  if (result.success) return result.data.tests;
  const [issue] = result.error.issues;
  const path = (issue?.path ?? []).map(String).join('.');
  if (issue?.code === 'unrecognized_keys') {
    throw new ValetkeyError('unknown-field', {
      field: `${file} ${path}${path === '' ? '' : '.'}${issue.keys[0] ?? ''}`,
    });
  }
  throw new ValetkeyError('invalid-configuration', {
    field: `${file} ${path}`,
    expected: issue?.message ?? 'a list of tests',
    got: quote(issue?.input),
  });
}

function parseYaml(content: string, file: string): unknown {
  try {
    return parse(content);
  } catch (error) {
    throw new ValetkeyError('invalid-configuration', {
      field: file,
      expected: 'well-formed YAML',
      cause: error,
    });
  }
}

/** Asks every question and compares. */
export function runPolicyTests(
  policies: readonly Policy[],
  cases: readonly TestCase[],
  nowMs: number,
): readonly TestOutcome[] {
  return cases.map((test) => {
    const failure = compare(test.expect, answerTo(policies, test, nowMs));
    return failure === undefined ? { name: test.name } : { name: test.name, failure };
  });
}

function answerTo(policies: readonly Policy[], test: TestCase, nowMs: number): PolicyAnswer {
  try {
    return askPolicies(policies, toQuestion(test), nowMs);
  } catch (error) {
    if (!(error instanceof ValetkeyError)) throw error;
    const { code, field = '', expected = '', got = '' } = error;
    return { allowed: false, denials: [{ code, field, expected, got }] };
  }
}

function toQuestion({ subject, lifetime, size, ...rest }: TestCase): PolicyQuestion {
  const { kind, id, claims, namespace = '' } = subject;
  return {
    ...rest,
    subject: kind === 'serviceAccount' ? { kind, id, claims, namespace } : { kind, id, claims },
    lifetimeSeconds: lifetime === undefined ? undefined : parseDurationSeconds(lifetime, 'lifetime'),
    size: size === undefined ? undefined : parseSizeBytes(size, 'size'),
  };
}

function compare(wanted: TestCase['expect'], answer: PolicyAnswer): string | undefined {
  if (!answer.allowed) {
    const found = answer.denials.map(({ policy, code }) =>
      policy === undefined ? code : `${code} of ${policy}`,
    );
    if (wanted.allowed) return `expected it to be allowed, got ${found.join(', ')}`;
    const { code } = wanted;
    if (code === undefined || answer.denials.some((denial) => denial.code === code)) return undefined;
    return `expected ${code}, got ${found.join(', ')}`;
  }
  if (!wanted.allowed) return `expected it to be denied, got allowed by ${answer.policy}`;
  if (wanted.policy !== undefined && wanted.policy !== answer.policy) {
    return `expected the policy ${wanted.policy}, got ${answer.policy}`;
  }
  if (wanted.key !== undefined && wanted.key !== answer.key) {
    return `expected the key ${quote(wanted.key)}, got ${quote(answer.key)}`;
  }
  return undefined;
}
