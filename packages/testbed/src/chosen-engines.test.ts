import { expect, test } from 'vitest';

import { chosenGroups } from './chosen-engines.ts';

const choose = (choice: string | undefined) => {
  const lines: string[] = [];
  const groups = chosenGroups(choice, (line) => lines.push(line));
  return { groups: [...groups], lines };
};

test.each([undefined, ''])('%j starts every group and says nothing', (choice) => {
  expect(choose(choice)).toEqual({ groups: ['s3', 'kubernetes', 'chromium', 'redis'], lines: [] });
});

test.each([
  ['none', []],
  ['s3', ['s3']],
  ['kubernetes, s3', ['kubernetes', 's3']],
])('%j narrows the run and says so', (choice, groups) => {
  const lines = [`VALETKEY_TEST_ENGINES=${choice}: tests that need another engine fail`];
  expect(choose(choice)).toEqual({ groups, lines });
});

test('refuses a name that is no group', () => {
  expect(() => choose('s3,k8s')).toThrow(
    'VALETKEY_TEST_ENGINES takes none or a list of s3, kubernetes, chromium, redis; not k8s',
  );
});
