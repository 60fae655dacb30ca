import { useMutation } from '@tanstack/react-query';

import { useSession } from '../session/session.tsx';

/** Opens an object through a URL of its own that nobody else sees. */
export function useDownload(policy: string) {
  const { signer } = useSession();
  return useMutation({
    mutationFn: async (key: string) => {
      const { items } = await signer.downloads({
        policy,
        items: [{ key, filename: key.split('/').at(-1) ?? key }],
      });
      const [item] = items;
      if (item === undefined) throw new Error('The signing service answered nothing.');
      if ('problem' in item) throw new Error(item.problem.detail);
      location.assign(item.url);
    },
  });
}
