/** What the editor begins with: a store, a policy, a namespace and a Share that it admits. */
export const exampleYaml = `apiVersion: valetkey.dev/v1alpha1
kind: Share
metadata: { name: weights, namespace: vision }
spec:
  storeRef: { kind: ClusterShareStore, name: models }
  bucket: models
  objects:
    - { name: weights, key: vision/v3/weights.bin }
  lifetime: 2h
  target: { secretName: weights-urls }
---
apiVersion: valetkey.dev/v1alpha1
kind: SharePolicy
metadata: { name: team-models }
spec:
  namespaces: { selector: { matchLabels: { tier: ml } } }
  stores: [{ kind: ClusterShareStore, name: models }]
  buckets: [models]
  actions: [download]
  keys: ['{namespace}/{rest}']
  lifetime: { default: 1h, max: 4h }
  maxObjects: 16
---
apiVersion: valetkey.dev/v1alpha1
kind: ClusterShareStore
metadata: { name: models }
spec:
  profile: aws
  region: eu-central-1
  credentials: { default: {} }
  allowedNamespaces: { selector: { matchLabels: { tier: ml } } }
---
apiVersion: v1
kind: Namespace
metadata: { name: vision, labels: { tier: ml } }
`;
