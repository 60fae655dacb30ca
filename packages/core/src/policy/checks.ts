/**
 * The ordered checks of one policy. Each is pure and says what was missed, or nothing.
 */
import { parseKey } from '../grammar/key.ts';
import { ValetkeyError } from '../errors.ts';
import { quote } from '../grammar/quote.ts';
import type { Check } from './check.ts';
import type { Miss } from './denial.ts';
import { isExcepted, matchesAnyKey } from './match-key.ts';
import type { Policy } from './policy.ts';
import { isSelectedByAny } from './subject.ts';
import { uploadChecks } from './upload-checks.ts';

const actionOf = { GET: 'download', HEAD: 'download', PUT: 'upload', DELETE: 'delete' } as const;

const subject: Check = (policy, request) =>
  isSelectedByAny(request.subject, policy.subjects)
    ? undefined
    : () => ({
        code: 'subject-not-allowed',
        field: 'subject',
        expected: 'a subject that the policy selects',
        got: `${request.subject.kind} ${quote(request.subject.id)}`,
      });

const store: Check = (policy, request) =>
  policy.stores.includes(request.store)
    ? undefined
    : () => ({
        code: 'no-policy-matched',
        field: 'store',
        expected: policy.stores.join(', '),
        got: quote(request.store),
      });

const action: Check = (policy, request) =>
  policy.actions.includes(actionOf[request.method])
    ? undefined
    : () => ({
        code: 'method-not-allowed',
        field: 'method',
        expected: `a method of ${policy.actions.join(', ')}`,
        got: request.method,
      });

const key: Check = (policy, request, asked) => {
  if (asked === undefined) {
    return () => ({
      code: 'key-not-allowed',
      field: 'key',
      expected: 'a key, which this policy cannot generate',
      got: 'none',
    });
  }
  if (!matchesAnyKey(policy.keys, asked, request.subject)) {
    return () => missOfKey(policy, asked, policy.keys.map(({ text }) => text).join(' or '));
  }
  parseKey(asked, 'key', { syntax: policy.keySyntax, slashes: 'exact' });
  return isExcepted(policy, asked, request.subject)
    ? () => missOfKey(policy, asked, 'a key outside exceptKeys')
    : undefined;
};

/** A key that is none is told as that, and not as one of another place. */
function missOfKey(policy: Policy, asked: string, expected: string): Miss {
  try {
    parseKey(asked, 'key', { syntax: policy.keySyntax, slashes: 'exact' });
    return { code: 'key-not-allowed', field: 'key', expected, got: quote(asked) };
  } catch (error) {
    if (!(error instanceof ValetkeyError)) throw error;
    return {
      code: error.code,
      field: 'key',
      expected: error.expected ?? expected,
      got: error.got ?? quote(asked),
    };
  }
}

const lifetime: Check = (policy, { lifetimeSeconds }) =>
  lifetimeSeconds === undefined || lifetimeSeconds <= policy.lifetime.maxSeconds
    ? undefined
    : () => ({
        code: 'lifetime-too-long',
        field: 'lifetime',
        expected: `at most ${policy.lifetime.maxSeconds} seconds`,
        got: `${lifetimeSeconds} seconds`,
      });

const version: Check = (policy, { method, versionId }) =>
  policy.download.requireVersionId && (method === 'GET' || method === 'HEAD') && versionId === undefined
    ? () => ({ code: 'version-required', field: 'versionId', expected: 'a version', got: 'none' })
    : undefined;

const disposition: Check = (policy, { response }) => {
  const wanted = policy.download.disposition;
  const asked = response?.contentDisposition;
  if (
    wanted === undefined ||
    asked === undefined ||
    asked.split(';', 1)[0]?.trim().toLowerCase() === wanted
  ) {
    return undefined;
  }
  return () => ({
    code: 'type-not-allowed',
    field: 'response.contentDisposition',
    expected: wanted,
    got: quote(asked),
  });
};

/** Whether what is asked belongs to the method at all. */
const terms: Check = (_policy, { method, upload, response, versionId }) => {
  const isRead = method === 'GET' || method === 'HEAD';
  if (upload !== undefined && method !== 'PUT') {
    return () => ({ code: 'method-not-allowed', field: 'upload', expected: 'PUT', got: method });
  }
  if (response !== undefined && !isRead) {
    return () => ({ code: 'method-not-allowed', field: 'response', expected: 'GET or HEAD', got: method });
  }
  if (versionId !== undefined && method === 'PUT') {
    return () => ({
      code: 'method-not-allowed',
      field: 'versionId',
      expected: 'GET, HEAD or DELETE',
      got: method,
    });
  }
  return undefined;
};

/** In the order in which a miss counts as nearer. */
export const checks: readonly Check[] = [
  store,
  subject,
  action,
  terms,
  key,
  lifetime,
  version,
  ...uploadChecks,
  disposition,
];
