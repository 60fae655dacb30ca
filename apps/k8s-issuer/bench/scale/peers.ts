/**
 * Operators that keep short-lived material in Secrets, measured elsewhere: on two cores with kube-apiserver 1.35 in
 * November 2026, External Secrets 2.9.0 with its Fake generator, cert-manager 1.21.1 with a self-signed issuer and
 * P-256 keys (it does more work per object). They are not run again here; absolute values move with the machine.
 */
export const peers = [
  {
    who: 'cert-manager',
    coldSeconds: { 1000: '39', 10000: '4955 of 10000 after 600' },
    peakRssMiB: { 1000: 156, 10000: 483 },
    writesPerObject: '12-22',
    newObjectSeconds: 0.07,
  },
  {
    who: 'External Secrets',
    coldSeconds: { 1000: '103', 10000: '' },
    peakRssMiB: { 1000: 161, 10000: 396 },
    writesPerObject: '4.0',
    newObjectSeconds: 0.02,
  },
  {
    who: 'External Secrets, tuned',
    coldSeconds: { 1000: '13', 10000: '207' },
    peakRssMiB: { 1000: 161, 10000: 396 },
    writesPerObject: '4.0',
    newObjectSeconds: 0.02,
  },
] as const;
