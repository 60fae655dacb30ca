/** Objects as an API server stores them, for tests that look at what the issuer makes of them. */
import { parseShare, type Share, type ShareStatus } from '@valetkey/share';

/** Of a policy that allows downloads of a namespace's own keys. */
export const downloadPolicySpec = {
  namespaces: { names: ['vision'] },
  stores: [{ kind: 'ClusterShareStore', name: 'models' }],
  buckets: ['models'],
  actions: ['download'],
  keys: ['{namespace}/{rest}'],
  lifetime: { max: '4h' },
} as const;

/** A Share whose status knows of a write of its Secret. */
export function aWrittenShare(name: string, status: ShareStatus = {}): Share {
  return parseShare({
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'Share',
    metadata: { name, namespace: 'vision', uid: `uid-${name}`, resourceVersion: '5' },
    spec: {
      storeRef: { kind: 'ClusterShareStore', name: 'models' },
      bucket: 'models',
      objects: [{ name: 'w', key: 'vision/w' }],
    },
    status: { secretRef: { name, uid: 'secret-uid', resourceVersion: '7' }, ...status },
  });
}
