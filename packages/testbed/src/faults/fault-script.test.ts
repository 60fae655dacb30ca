import { expect, test } from 'vitest';

import type { FaultRule } from './fault-rule.ts';
import { createFaultScript } from './fault-script.ts';

const status = (number: number) => ({ kind: 'status', status: number }) as const;

/** The statuses that the requests, all to /a, are struck with. */
const run = (rules: readonly FaultRule[], methods: readonly string[], path = '/a') => {
  const decide = createFaultScript(rules);
  return methods.map((method) => {
    const fault = decide(method, path);
    return fault?.kind === 'status' ? fault.status : undefined;
  });
};

test('a rule strikes once unless it says otherwise', () => {
  expect(run([{ when: {}, fault: status(500) }], ['GET', 'GET'])).toEqual([500, undefined]);
  expect(run([{ when: {}, times: 2, fault: status(500) }], ['GET', 'GET', 'GET'])).toEqual([
    500,
    500,
    undefined,
  ]);
  expect(run([{ when: {}, times: Infinity, fault: status(500) }], Array(5).fill('GET'))).toEqual(
    Array(5).fill(500),
  );
});

test('from lets matching requests pass first, and only those count', () => {
  const rule = { when: { method: 'PUT', from: 1 }, fault: status(500) };
  expect(run([rule], ['PUT', 'GET', 'PUT', 'PUT'])).toEqual([undefined, undefined, 500, undefined]);
});

test('rules for the same requests strike one after another', () => {
  const rules = [500, 503].map((number) => ({ when: {}, fault: status(number) }));
  expect(run(rules, ['GET', 'GET', 'GET'])).toEqual([500, 503, undefined]);
});

test('a preflight is struck only by a rule that names OPTIONS', () => {
  expect(run([{ when: {}, fault: status(500) }], ['OPTIONS', 'PUT'])).toEqual([undefined, 500]);
  expect(run([{ when: { method: 'OPTIONS' }, fault: status(500) }], ['PUT', 'OPTIONS'])).toEqual([
    undefined,
    500,
  ]);
});

test.each([
  ['/a', '/a', true],
  ['/a', '/a/b', false],
  [/\.bin$/, '/a.bin', true],
  [/^\/b/, '/a', false],
])('path %s and %s: %s', (path, asked, isStruck) => {
  expect(run([{ when: { path }, fault: status(500) }], ['GET'], asked)).toEqual([isStruck ? 500 : undefined]);
});

test('a global pattern has no memory', () => {
  expect(run([{ when: { path: /a/g }, times: 3, fault: status(500) }], ['GET', 'GET', 'GET'])).toEqual([
    500, 500, 500,
  ]);
});
