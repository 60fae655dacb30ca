import { storeProfiles, type StoreProfile } from '@valetkey/core';
import { fail, pass, skip, type Finding, type Observed } from './probe.ts';

const words = {
  conditionalWrites: { better: true, name: 'conditional writes' },
  postForms: { better: true, name: 'POST forms' },
  slashes: { better: 'exact', name: 'exact slashes' },
} as const satisfies Record<keyof Observed, unknown>;
const capabilities = ['conditionalWrites', 'postForms', 'slashes'] as const;

/** What the store was seen to do, beside what its profile says: promising too much is an error. */
export function compareProfile(profile: StoreProfile, observed: Observed): Finding {
  const known = capabilities.filter((name) => observed[name] !== undefined);
  if (known.length === 0) return skip('nothing was seen of what profiles say');
  const differing = known.filter((name) => observed[name] !== profile[name]);
  const tooMuch = differing.filter((name) => profile[name] === words[name].better);
  const fitting = Object.values(storeProfiles)
    .filter((candidate) => known.every((name) => observed[name] === candidate[name]))
    .map(({ name }) => name);
  const fit = fitting.length === 0 ? 'no profile fits exactly' : `these fit: ${fitting.join(', ')}`;
  if (tooMuch.length > 0) {
    return fail(
      `${profile.name} promises ${list(tooMuch)}, which the store does not keep; ${fit}`,
      'Set the profile of the store to one that fits.',
    );
  }
  return differing.length === 0
    ? pass(`${profile.name} fits`)
    : pass(`${profile.name} is safe, but the store can more: ${list(differing)}; ${fit}`);
}

function list(names: readonly (keyof Observed)[]): string {
  return names.map((name) => words[name].name).join(', ');
}
