import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';

import { fieldOffset } from './field-offset.ts';

const text = `metadata:
  labels:
    app: a
    app.kubernetes.io/name: b
spec:
  objects:
    - { name: a, key: b }
    - name: c
      key: d
  empty: {}
`;
const lineOf = (field: string) => {
  const offset = fieldOffset(parseDocument(text).contents, field);
  return offset === undefined ? undefined : text.slice(0, offset).split('\n').length;
};

test.each([
  ['spec', 5],
  ['spec.objects[0].key', 7],
  ['spec.objects[1].key', 9],
  ['spec.objects[1].missing.deeper', 8],
  ['spec.objects[7].key', 6],
  ['spec.empty.field', 10],
  ['metadata.labels.app', 3],
  ['metadata.labels.app.kubernetes.io/name', 4],
  ['specification', undefined],
  ['[0]', undefined],
  ['', undefined],
])('%s is at line %s', (field, line) => {
  expect(lineOf(field)).toBe(line);
});
