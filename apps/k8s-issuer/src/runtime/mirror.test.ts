import { expect, test } from 'vitest';

import { createMirror } from './mirror.ts';
import { createObjectStore } from './object-store.ts';

interface Thing {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
}

const thing = (name: string, resourceVersion: string): Thing => ({ metadata: { name, resourceVersion } });

function start() {
  const store = createObjectStore<Thing>();
  const told: string[] = [];
  const mirror = createMirror({
    store,
    handlers: {
      added: (it) => told.push(`+${it.metadata.name}`),
      updated: (_, it) => told.push(`~${it.metadata.name}`),
      deleted: (it) => told.push(`-${it.metadata.name}`),
    },
    onError: (error) => told.push(String(error)),
  });
  return { store, told, mirror };
}

test('an event that is not newer than what was seen changes nothing', () => {
  const { store, told, mirror } = start();
  mirror.replace([thing('a', '10')], '10');
  mirror.apply({ kind: 'gone', key: 'a', resourceVersion: '9' });
  mirror.apply({ kind: 'gone', key: 'a', resourceVersion: '10' });
  mirror.apply({ kind: 'bookmark', resourceVersion: '2' });
  expect([store.size(), mirror.resourceVersion(), told]).toEqual([1, '10', ['+a']]);
});

test('versions beyond 2^53 keep their order', () => {
  const { told, mirror } = start();
  mirror.replace([thing('a', '9007199254740992')], '9007199254740992');
  mirror.apply({ kind: 'set', object: thing('a', '9007199254740993'), resourceVersion: '9007199254740993' });
  mirror.apply({ kind: 'gone', key: 'a', resourceVersion: '9007199254740992' });
  expect([told, mirror.resourceVersion()]).toEqual([['+a', '~a'], '9007199254740993']);
});

test('listing again tells nothing of what did not change', () => {
  const { told, mirror } = start();
  mirror.replace([thing('a', '1'), thing('b', '2')], '5');
  mirror.replace([thing('a', '1'), thing('b', '6')], '7');
  expect(told).toEqual(['+a', '+b', '~b']);
});

test.each(['', 'x1', '-1', '1.5', ' 1'])('a version %j that is no number is refused', (version) => {
  const { mirror } = start();
  expect(() => mirror.replace([], version)).toThrow(expect.objectContaining({ code: 'invalid-body' }));
});
