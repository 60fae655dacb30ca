import { describe, expect, test } from 'vitest';
import { aShare, issue } from '../../test/builders.ts';
import { toSecret } from './secret.ts';

const template = {
  labels: { team: 'vision', 'app.kubernetes.io/managed-by': 'somebody-else' },
  annotations: { note: 'read it as a file' },
};

describe('a Share’s Secret', () => {
  test('has the type, name, owner and annotations that the admission policy and readers rely on', () => {
    const share = aShare({ target: { secretName: 'weights-urls', template } });
    const { secret } = issue({ share }, undefined, 3);
    expect({ ...secret, stringData: {} }).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'valetkey.dev/presigned-urls',
      metadata: {
        name: 'weights-urls',
        namespace: 'vision',
        labels: { team: 'vision', 'app.kubernetes.io/managed-by': 'valetkey' },
        annotations: {
          note: 'read it as a file',
          'valetkey.dev/revision': '3',
          'valetkey.dev/expires-at': secret.stringData['expires-at'],
          'valetkey.dev/renew-at': secret.stringData['renew-at'],
        },
        ownerReferences: [
          {
            apiVersion: 'valetkey.dev/v1alpha1',
            kind: 'Share',
            name: 'weights',
            uid: 'a-uid',
            controller: true,
          },
        ],
      },
      stringData: {},
    });
  });

  test('has the Share’s name when the target names none', () => {
    expect(issue().secret.metadata.name).toBe('weights');
  });

  test('has no owner where there is no cluster to give the Share a uid', () => {
    expect(issue({ share: aShare({}, { uid: undefined }) }).secret.metadata.ownerReferences).toEqual([]);
  });

  test('scrubbed has the same owner and no data nor times', () => {
    const scrubbed = toSecret(aShare(), 'vision', { revision: 4 }, {});
    expect(scrubbed.stringData).toEqual({});
    expect(scrubbed.metadata.annotations).toEqual({ 'valetkey.dev/revision': '4' });
    expect(scrubbed.metadata.ownerReferences).toHaveLength(1);
  });
});
