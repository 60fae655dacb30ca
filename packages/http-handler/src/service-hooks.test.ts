import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { hookDeadlineMs, toSafeHooks, type SafeHooks, type ServiceHooks } from './service-hooks.ts';

const asking = { subject: { kind: 'user', id: 'ann', claims: {} }, policy: 'files' } as const;

/** Each hook with an event of its own. */
const calls: readonly [keyof ServiceHooks, (hooks: SafeHooks) => Promise<void>][] = [
  ['onIssued', ({ onIssued }) => onIssued({ ...asking, action: 'download', keys: ['files/a'] })],
  [
    'onDenied',
    ({ onDenied }) =>
      onDenied({ ...asking, code: 'forbidden', field: 'key', expected: 'another', got: 'it' }),
  ],
  ['onUploadComplete', ({ onUploadComplete }) => onUploadComplete({ ...asking, key: 'files/a', bytes: 1 })],
  ['onFailure', ({ onFailure }) => onFailure(new Error('a store is down'))],
];

const misbehaviours: readonly [string, () => unknown, string][] = [
  [
    'throws',
    () => {
      throw new Error('in the hook');
    },
    'in the hook',
  ],
  ['rejects', () => Promise.reject(new Error('in the hook')), 'in the hook'],
  ['never ends', () => new Promise(() => {}), `a hook took longer than ${hookDeadlineMs} ms`],
];

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe.each(misbehaviours)('a hook that %s', (_title, hook, message) => {
  test.each(calls)('as %s fails nothing, and somebody hears of it', async (name, call) => {
    const written = vi.spyOn(console, 'error').mockReturnValue();
    const failures: unknown[] = [];
    const hooks = { onFailure: (error: unknown) => failures.push(error), [name]: hook };
    const done = call(toSafeHooks(hooks));
    await vi.advanceTimersByTimeAsync(2 * hookDeadlineMs);
    await done;
    const heard = name === 'onFailure' ? written.mock.calls.map(([, error]) => error) : failures;
    expect(heard).toMatchObject([{ message }]);
  });

  test('and an onFailure that does so too', async () => {
    const written = vi.spyOn(console, 'error').mockReturnValue();
    const done = calls[0]?.[1](toSafeHooks({ onIssued: hook, onFailure: hook }));
    await vi.advanceTimersByTimeAsync(2 * hookDeadlineMs);
    await done;
    expect(written.mock.calls).toMatchObject([['onFailure:', { message }]]);
  });
});

test('what is written of an onFailure that failed holds no signature', async () => {
  const written = vi.spyOn(console, 'error').mockReturnValue();
  const { onFailure } = toSafeHooks({
    onFailure: () => Promise.reject(new Error('https://store/k?X-Amz-Signature=abcdef')),
  });
  await onFailure(new Error('a store is down'));
  expect(JSON.stringify(written.mock.calls)).toContain('X-Amz-Signature=REDACTED');
  expect(JSON.stringify(written.mock.calls)).not.toContain('abcdef');
});
