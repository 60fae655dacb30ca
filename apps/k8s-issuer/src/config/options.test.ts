import { expect, test } from 'vitest';

import { parseOptions } from './options.ts';

test('the defaults are the documented ones', () => {
  expect(parseOptions([])).toEqual({
    kubeconfig: undefined,
    namespace: 'valetkey-system',
    listen: { host: '127.0.0.1', port: 8080 },
    workers: 16,
    namespaces: undefined,
    election: {
      leaseName: 'valetkey-issuer',
      leaseDurationMs: 15_000,
      renewDeadlineMs: 10_000,
      retryPeriodMs: 2_000,
    },
    sts: { endpoint: undefined, region: undefined },
    deleteEndedShares: false,
    allowUnguardedSecrets: false,
  });
});

test('namespaces are a list without repetition', () => {
  expect(parseOptions(['--namespaces', 'team-a, team-b,team-a'])).toMatchObject({
    namespaces: ['team-a', 'team-b'],
  });
});

test.each([
  [['--namespaces', '']],
  [['--namespaces', 'a,,b']],
  [['--namespaces', '../secrets']],
  [['--namespaces', Array.from({ length: 65 }, (_, n) => `n${n}`).join()]],
  [['--lease-name', '../x']],
  [['--lease-duration', '10m']],
  [['--lease-duration', '0s']],
  [['--lease-duration', '10s']],
  [['--retry-period', '8s']],
  [['--sts-endpoint', 'file:///etc/passwd']],
  [['--sts-endpoint', 'https://sts/?a=b']],
  [['--sts-region', 'EU']],
  [['--workers', '65']],
  [['--listen', 'here']],
  [['--nonsense']],
])('%j is refused', (args) => {
  expect(() => parseOptions(args)).toThrow(expect.objectContaining({ code: 'invalid-configuration' }));
});

test.each(['soon', '-1s', '1.5s', ''])('%j is no duration', (text) => {
  expect(() => parseOptions(['--retry-period', text])).toThrow(
    expect.objectContaining({ name: 'ValetkeyError' }),
  );
});
