import { ValetkeyError, type ErrorCode } from '@valetkey/core';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';

import { createFailureLog } from './failure-log.ts';
import { createLogger } from './logger.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
});

/** The lines that were written, and what writes them. */
function start() {
  const lines: string[] = [];
  const log = createFailureLog(createLogger({ write: (line) => void lines.push(line) }));
  const away = (field: string, got = 'TimeoutError', code: ErrorCode = 'identity-unavailable') =>
    log(new ValetkeyError(code, { field, expected: 'an answer', got }), 'failed');
  const told = () =>
    lines.splice(0).map((line) => {
      const { level, msg, err, failures, seconds } = JSON.parse(line);
      return [level, msg, err?.message ?? { failures, seconds }];
    });
  return { log, away, told };
}

const first = 'failed; what fails alike is counted from here on';

test('an outage of an hour, asked ten times a second, is a dozen lines', () => {
  const { away, told } = start();
  for (let ms = 0; ms < 3_600_000; ms += 100) {
    away('https://issuer.example/jwks');
    vi.advanceTimersByTime(100);
  }
  vi.advanceTimersByTime(61_000);
  const lines = told();
  expect(lines[0]).toEqual(['error', first, expect.stringContaining('https://issuer.example/jwks')]);
  expect(lines[1]).toEqual(['warn', 'still fails', { failures: 99, seconds: 10 }]);
  expect(lines[2]?.[1]).toBe('still fails');
  expect(lines.at(-1)).toEqual(['info', 'no longer fails', { failures: 36_000, seconds: 3600 }]);
  expect(lines.length).toBeLessThan(14);
});

test('one that comes and goes is one, and one after a quiet minute is told anew', () => {
  const { away, told } = start();
  for (let round = 0; round < 10; round += 1) {
    away('a');
    vi.advanceTimersByTime(30_000);
  }
  expect(told().filter(([level]) => level === 'error')).toHaveLength(1);
  vi.advanceTimersByTime(60_000);
  expect(told().at(-1)).toEqual(['info', 'no longer fails', { failures: 10, seconds: 270 }]);
  away('a');
  expect(told()).toEqual([['error', first, expect.anything()]]);
  // What happened once has been told.
  vi.advanceTimersByTime(600_000);
  expect(told()).toEqual([]);
});

test('each place, each code and each way of failing has its own first line', () => {
  const { away, told } = start();
  for (let round = 0; round < 3; round += 1) {
    away('a');
    away('b');
    away('a', 'status 403');
    away('a', 'TimeoutError', 'store-unavailable');
  }
  expect(told()).toHaveLength(4);
});

test('ways of failing that never end are told no more after the eighth', () => {
  const { away, told } = start();
  for (let round = 0; round < 100; round += 1) away('a', `way ${round}`);
  expect(told()).toHaveLength(8);
});

test('what is ours to mend is told each time', () => {
  const { log, told } = start();
  for (let round = 0; round < 3; round += 1) {
    log(new TypeError('a bug'), 'failed');
    log(new ValetkeyError('signing-failed'), 'failed');
  }
  expect(told().map(([level, message]) => [level, message])).toEqual(
    Array.from({ length: 6 }, () => ['error', 'failed']),
  );
});
