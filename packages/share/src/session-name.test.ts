import { expect, test } from 'vitest';
import { sessionName } from './session-name.ts';

const uid = '01234567-89AB-cdef-0123-456789abcdef';

test.each([
  ['vision.weights', 'vision.weights-0123456789abcdef'],
  [`${'n'.repeat(63)}.${'s'.repeat(253)}`, `${'n'.repeat(47)}-0123456789abcdef`],
])('a session of %s is called %s', (subject, name) => {
  expect(sessionName(subject, uid)).toBe(name);
  expect(name).toMatch(/^[\w+=,.@-]{2,64}$/);
});

test('an odd uid still gives a name that STS takes', () => {
  expect(sessionName('a.b', '')).toMatch(/^[\w+=,.@-]{2,64}$/);
});
