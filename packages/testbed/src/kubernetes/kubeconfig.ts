import type { ControlPlaneDescription } from './control-plane-description.ts';

/**
 * A kubeconfig for the bearer of a token. It is JSON, which is YAML.
 *
 * @internal
 */
export const toKubeconfig = (
  { server, ca }: Pick<ControlPlaneDescription, 'server' | 'ca'>,
  token: string,
): string =>
  JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'testbed',
          cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
        },
      ],
      users: [{ name: 'testbed', user: { token } }],
      contexts: [{ name: 'testbed', context: { cluster: 'testbed', user: 'testbed' } }],
      'current-context': 'testbed',
    },
    null,
    2,
  );
