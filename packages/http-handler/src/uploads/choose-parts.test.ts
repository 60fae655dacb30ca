import { planMultipart } from '@valetkey/core';
import { describe, expect, test } from 'vitest';

import type { ListedPart } from '../store/list-parts.ts';
import { chooseParts, latestParts } from './choose-parts.ts';

const partBytes = 5 * 2 ** 20;
const plan = planMultipart(2 * partBytes + 7, partBytes);

const part = (partNumber: number, change: Partial<ListedPart> = {}): ListedPart => ({
  partNumber,
  bytes: partNumber === 3 ? 7 : partBytes,
  etag: `"e${partNumber}"`,
  lastModified: '2026-11-25T18:00:00.000Z',
  checksums: {},
  ...change,
});
const later = '2026-11-25T18:00:01.000Z';
const tags = (parts: readonly ListedPart[]) => parts.map(({ etag }) => etag);

describe('of a part that was sent again', () => {
  test.each([
    ['listed last', [part(1), part(1, { etag: '"new"', lastModified: later }), part(2), part(3)]],
    ['listed first', [part(1, { etag: '"new"', lastModified: later }), part(1), part(2), part(3)]],
    ['out of order', [part(3), part(1), part(2), part(1, { etag: '"new"', lastModified: later })]],
  ])('the newest counts, %s', (_title, listed) => {
    expect(tags(chooseParts(plan, listed))).toEqual(['"new"', '"e2"', '"e3"']);
    expect(tags(latestParts(listed))).toEqual(['"new"', '"e2"', '"e3"']);
  });

  test.each(['"old"', 'old'])('the one that the client names counts more: %s', (etag) => {
    const listed = [part(1, { etag: '"old"' }), part(1, { lastModified: later }), part(2), part(3)];
    expect(tags(chooseParts(plan, listed, [{ partNumber: 1, etag }]))).toEqual(['"old"', '"e2"', '"e3"']);
  });

  test('none counts when both are equally new and the client names none', () => {
    const listed = [part(1), part(1, { etag: '"other"' }), part(2), part(3)];
    expect(() => chooseParts(plan, listed)).toThrow(
      expect.objectContaining({ code: 'checksum-mismatch', field: 'part 1' }),
    );
    expect(tags(latestParts(listed))).toEqual(['"e2"', '"e3"']);
    expect(tags(chooseParts(plan, [part(1), part(1), part(2), part(3)]))).toHaveLength(3);
  });
});

test.each([
  ['a part is missing', [part(1), part(3)], 'part 2 of 3', 'no such part in the store'],
  ['none is there', [], 'part 1 of 3', 'no such part in the store'],
  ['a part is of another size', [part(1), part(2, { bytes: 3 }), part(3)], 'part 2 of 3', '3 bytes'],
  [
    'the last is as long as the others',
    [part(1), part(2), part(3, { bytes: partBytes })],
    'part 3 of 3',
    `${partBytes} bytes`,
  ],
])('when %s, the file is not complete', (_title, listed, field, got) => {
  expect(() => chooseParts(plan, listed)).toThrow(
    expect.objectContaining({ code: 'size-mismatch', field, got }),
  );
});

test('parts beyond the plan are not the file’s', () => {
  expect(chooseParts(plan, [part(1), part(2), part(3), part(4)])).toHaveLength(3);
});
