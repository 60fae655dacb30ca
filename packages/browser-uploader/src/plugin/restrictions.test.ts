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
