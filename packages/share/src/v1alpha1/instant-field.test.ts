import { describe, expect, test } from 'vitest';

import { instantField } from './instant-field.ts';
import { readShare } from './read-share.ts';

describe('an instant', () => {
  test.each(['2027-01-31T00:00:00Z', '2027-01-31T00:00:00.5+02:00', '2028-02-29T23:59:59Z'])(
    'is %s',
    (text) => {
      expect(instantField().safeParse(text).success).toBe(true);
    },
  );

  test.each(['9999-99-99T99:99:99Z', '2027-02-29T00:00:00Z', '2027-01-31', 'never', ''])(
    'is not %j',
    (text) => {
      expect(instantField().safeParse(text).success).toBe(false);
    },
  );
});

test('a status that was forged with a time that does not exist counts as none', () => {
  const spec = {
    storeRef: { kind: 'ClusterShareStore', name: 'models' },
    bucket: 'models',
    objects: [{ name: 'weights', key: 'vision/weights.bin' }],
  };
  const forged = {
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'Share',
    metadata: { name: 'weights', namespace: 'vision' },
    spec,
    status: { expirationTime: '9999-99-99T99:99:99Z' },
  };
  expect(readShare(forged)).toMatchObject({ kind: 'Share', metadata: { name: 'weights' } });
  expect(readShare(forged).status).toBeUndefined();
});
