import { expect, test } from 'vitest';

import { memoryIo } from '../../test/memory-io.ts';
import { run } from '../run.ts';

test.each([
  [['-O', '-o', 'a'], 'https://h/b/k', /cannot be used with option/],
  [[], '', /expected a URL, got nothing/],
  [[], 'ftp://h/b/k', /expected an absolute http or https URL/],
  [[], 'https://user@h/b/k', /expected an absolute http or https URL/],
  [[], 'https://h/b/k\u001b', /expected an absolute http or https URL/],
  [[], '{"url":"https://h/b/k","method":"PUT"}', /expected a URL for GET, got "PUT"/],
  [['--header', 'nonsense'], 'https://h/b/k', /--header: expected 'name: value'/],
  [['--header', 'a: b\r\nc: d'], 'https://h/b/k', /--header: expected 'name: value'/],
])('get %j with %j is refused as wrong usage', async (args, stdin, message) => {
  const { io, written } = memoryIo({ stdin });
  expect(await run(['get', ...args], io)).toBe(2);
  expect(written.stderr).toMatch(message);
  expect(written.stdout).toBe('');
});
