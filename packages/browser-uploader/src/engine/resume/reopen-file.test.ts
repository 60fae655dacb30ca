import { expect, test } from 'vitest';

import { reopenFile } from './reopen-file.ts';

/** The answers of a person, which no browser without one gives. */
function handleWith(answers: { readonly query: PermissionState; readonly request?: PermissionState }) {
  const asked: string[] = [];
  const handle = {
    kind: 'file' as const,
    name: 'a.txt',
    isSameEntry: async () => false,
    createWritable: () => Promise.reject(new TypeError('read only')),
    getFile: async () => new File(['hello'], 'a.txt'),
    queryPermission: async () => answers.query,
    requestPermission: async () => {
      asked.push('request');
      return answers.request ?? 'denied';
    },
  };
  return { handle, asked };
}

test('a permission that stands is not asked for again', async () => {
  const { handle, asked } = handleWith({ query: 'granted' });
  expect(await (await reopenFile(handle))?.text()).toBe('hello');
  expect(asked).toEqual([]);
});

test.each([
  ['granted', 'hello'],
  ['denied', undefined],
] as const)('when the person answers %s, the file is %s', async (request, text) => {
  const { handle, asked } = handleWith({ query: 'prompt', request });
  expect(await (await reopenFile(handle))?.text()).toBe(text);
  expect(asked).toEqual(['request']);
});
