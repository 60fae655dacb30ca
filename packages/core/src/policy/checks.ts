/**
 * The ordered checks of one policy. Each is pure and says what was missed, or nothing.
 */
import { parseKey } from '../grammar/key.ts';
import { ValetkeyError } from '../errors.ts';
import type { Method } from '../grammar/method.ts';
import { quote } from '../grammar/quote.ts';
import { formatInstant } from '../instant.ts';
import type { Check, KeyCheck } from './check.ts';
import type { Miss } from './denial.ts';
import { isExcepted, matchesAnyKey } from './match-key.ts';
import type { Policy } from './policy.ts';
import { isSelectedByAny } from './subject.ts';
import { uploadChecks } from './upload-checks.ts';

/** What policies call a method. */
export const actionOf = { GET: 'download', HEAD: 'download', PUT: 'upload', DELETE: 'delete' } as const;

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

/** Covered by the policy's patterns, by none of the exceptions, and legal where the policy's store is. */
export const keyCheck: KeyCheck = (policy, request, key) => {
  if (!matchesAnyKey(policy.keys, key, request.subject)) {
    return () => missOfKey(policy, key, policy.keys.map(({ text }) => text).join(' or '));
  }
  parseKey(key, 'key', policy.keyRules);
  return isExcepted(policy, key, request.subject)
    ? () => missOfKey(policy, key, 'a key outside exceptKeys')
    : undefined;
};

/** A key that is none is told as that, and not as one of another place. */
function missOfKey(policy: Policy, asked: string, expected: string): Miss {
  try {
    parseKey(asked, 'key', policy.keyRules);
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

/** The policy holds now, and the end that was asked for has not come. */
const time: Check = (policy, { notAfterMs }, nowMs) => {
  const { notBeforeMs = nowMs, notAfterMs: policyEndsMs = Number.POSITIVE_INFINITY } = policy;
  if (nowMs < notBeforeMs)
    return () => outsideOf('notBefore', `a time from ${formatInstant(notBeforeMs)}`, nowMs);
  if (!(policyEndsMs - nowMs >= 1000)) {
    return () => outsideOf('notAfter', `a time before ${formatInstant(policyEndsMs)}`, nowMs);
  }
  if (notAfterMs === undefined || notAfterMs - nowMs >= 1000) return undefined;
  return () => ({
    code: 'invalid-lifetime',
    field: 'notAfter',
    expected: 'an end time in the future',
    got: Number.isFinite(notAfterMs) ? formatInstant(notAfterMs) : quote(notAfterMs),
  });
};

function outsideOf(field: string, expected: string, nowMs: number): Miss {
  return { code: 'no-policy-matched', field, expected, got: formatInstant(nowMs) };
}

const version: Check = (policy, { versionId }) =>
  policy.download.requireVersionId && versionId === undefined
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

/** What is asked before a key is looked at or generated. */
export const checksBeforeKey: readonly Check[] = [store, subject, action, terms];

/** What is asked once the key is known, by method. Earlier is farther from what the policy allows. */
export const checksAfterKey: Readonly<Record<Method, readonly Check[]>> = {
  GET: [time, lifetime, version, disposition],
  HEAD: [time, lifetime, version, disposition],
  PUT: [time, lifetime, ...uploadChecks],
  DELETE: [time, lifetime],
};
