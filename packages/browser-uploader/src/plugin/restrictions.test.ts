import type { Limits } from '@valetkey/protocol';
import { expect, test } from 'vitest';

import { restrictTo } from './restrictions.ts';

const limits: Limits = {
  policy: 'files',
  actions: ['upload'],
  maxFileBytes: 100,
  minFileBytes: 1,
  multipartThresholdBytes: 16_777_216,
  accept: ['image/png'],
  maxFiles: 3,
  lifetimeSeconds: { default: 300, max: 900, effectiveMax: 900, limitedBy: 'policy' },
  checksum: 'optional',
  checksumAlgorithms: [],
};
const none = { maxFileSize: null, minFileSize: null, maxNumberOfFiles: null, allowedFileTypes: null };

test('an app without restrictions gets those of the policy', () => {
  expect(restrictTo(limits, none)).toEqual({
    maxFileSize: 100,
    minFileSize: 1,
    maxNumberOfFiles: 3,
    allowedFileTypes: ['image/png'],
  });
});

test('the stricter of the two holds', () => {
  const own = { maxFileSize: 50, minFileSize: 0, maxNumberOfFiles: 10, allowedFileTypes: ['.png'] };
  expect(restrictTo(limits, own)).toEqual({
    maxFileSize: 50,
    minFileSize: 1,
    maxNumberOfFiles: 3,
    allowedFileTypes: ['.png'],
  });
});

test('a policy that says nothing restricts nothing', () => {
  const { maxFileBytes: _bytes, maxFiles: _files, ...rest } = limits;
  expect(restrictTo({ ...rest, minFileBytes: 0, accept: [] }, none)).toEqual(none);
});

test.each([
  ['a type that covers the policy’s', ['image/*', '.pdf'], ['image/png'], ['image/png', '.pdf']],
  ['a type that the policy’s covers', ['image/png'], ['image/*', 'video/mp4'], ['image/png']],
  ['anything', ['*/*'], ['image/png', 'image/jpeg'], ['image/png', 'image/jpeg']],
  ['types that the policy has not', ['video/*', 'image/jpeg'], ['image/png'], []],
  ['the same in capitals', ['IMAGE/PNG'], ['image/png'], ['image/png']],
])('of %s, both have to let a type through', (_, own, accept, expected) => {
  expect(restrictTo({ ...limits, accept }, { ...none, allowedFileTypes: own }).allowedFileTypes).toEqual(
    expected,
  );
});
