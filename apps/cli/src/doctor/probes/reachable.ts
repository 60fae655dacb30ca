import { fail, pass, type Probe } from '../probe.ts';

const proxyWantsPassword = 407;

/** Something answers at the store's address. */
export const reachable: Probe = {
  name: 'reachable',
  essential: true,
  run: async ({ knock, store }) => {
    const { status } = await knock();
    const { host } = new URL(store.publicEndpoint);
    return status === proxyWantsPassword
      ? fail(`a proxy before ${host} wants a password`, 'Look at the proxy settings of this machine.')
      : pass(`${host} answers`);
  },
};
