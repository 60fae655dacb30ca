/** What `valetkey k8s lint` may find. */
export const lintFixes = {
  'secret-sub-path': 'Mount the whole Secret as a directory: a subPath is never updated.',
  'secret-in-environment':
    'Mount the Secret and read the URL at each use: an environment variable is never updated.',
  'outlives-its-url':
    'Mount the Secret, or end the Pod earlier, or ask for a longer lifetime or an earlier renewal.',
  'share-not-admitted': 'Mend what the message names, or give the file that allows it with another -f.',
  'secret-conflict': 'Give each Share a Secret of its own, which nobody else makes.',
  'share-suspended': 'Set spec.suspend to false, or let the URLs run out.',
  'invalid-object': 'Mend the field; the API server would refuse the object.',
} as const;

/** One finding. */
export interface LintWarning {
  /** `share.yaml:12` */
  readonly place: string;
  /** `Deployment vision/reader` */
  readonly object: string;
  readonly code: keyof typeof lintFixes;
  readonly message: string;
}
