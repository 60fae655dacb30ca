import { limitsOf, longestLifetime, type Subject } from '@valetkey/core';
import type { Limits } from '@valetkey/protocol';

import { enter, type ServiceContext } from './service-context.ts';

/** What a user interface may offer the subject under a policy. */
export async function limits(context: ServiceContext, subject: Subject, name: string): Promise<Limits> {
  const { policy, target } = await enter(context, subject, name);
  const { maxFileBytes, maxFiles, partBytes, ...known } = limitsOf(policy);
  // Keys of CloudFront do not end.
  const keys = target.store.profile.signing === undefined ? await target.credentials() : {};
  const longest = longestLifetime(policy, target.store, keys, context.clock.now());
  const { limitedBy } = longest;
  return {
    ...known,
    actions: [...known.actions],
    accept: [...known.accept],
    checksumAlgorithms: [...target.store.profile.checksums],
    ...(maxFileBytes === undefined ? {} : { maxFileBytes }),
    ...(maxFiles === undefined ? {} : { maxFiles }),
    ...(partBytes === undefined ? {} : { partBytes }),
    lifetimeSeconds: {
      ...known.lifetimeSeconds,
      effectiveMax: longest.seconds,
      limitedBy: limitedBy === 'store' || limitedBy === 'credentials' ? limitedBy : 'policy',
    },
  };
}
