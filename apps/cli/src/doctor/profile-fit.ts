import { storeProfiles, type StoreProfile } from '@valetkey/core';
import { capabilities, type Capability, type Observed } from './capability.ts';
import { fail, pass, skip, type Finding } from './probe.ts';

/** What the store was seen to do, beside what its profile says: promising too much is an error. */
export function compareProfile(profile: StoreProfile, observed: Observed): Finding {
  const seen = capabilities.filter(({ name }) => observed[name] !== undefined);
  if (seen.length === 0) return skip('nothing was seen of what profiles say');
  const isRight = (candidate: StoreProfile) => (capability: Capability) =>
    capability.isPromised(candidate) === observed[capability.name];
  const differing = seen.filter((capability) => !isRight(profile)(capability));
  const tooMuch = differing.filter(({ isPromised }) => isPromised(profile));
  const fitting = Object.values(storeProfiles)
    .filter((candidate) => candidate.signing === undefined && seen.every(isRight(candidate)))
    .map(({ name }) => name);
  const fit = fitting.length === 0 ? 'no profile says just that' : `just that say: ${fitting.join(', ')}`;
  if (tooMuch.length > 0) {
    return fail(
      `${profile.name} promises ${list(tooMuch)}, which the store does not keep; ${fit}`,
      'Set the profile of the store to one that promises no more than was seen.',
    );
  }
  return differing.length === 0
    ? pass(`${profile.name} fits`)
    : pass(`${profile.name} is safe, but the store can more: ${list(differing)}; ${fit}`);
}

function list(differing: readonly Capability[]): string {
  return differing.map(({ words }) => words).join(', ');
}
