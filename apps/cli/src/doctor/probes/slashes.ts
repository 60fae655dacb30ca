import { describe, isDone } from '../answer.ts';
import { fail, pass, type Probe } from '../probe.ts';
import { readObject, storeObject } from '../test-object.ts';

/** Whether `a//b` and `a/b` are one object. */
export const slashes: Probe = {
  name: 'slashes',
  run: async (context) => {
    const { profile } = context.store;
    const answer = await storeObject(context, 'slash//b');
    if (!isDone(answer)) {
      const observed = { slashes: 'collapsed' } as const;
      const found = `a//b is refused (${describe(answer)})`;
      return profile.slashes === 'exact'
        ? fail(found, 'Choose another profile, or use no empty segments in keys.', observed)
        : pass(found, observed);
    }
    if ((await readObject(context, 'slash/b')) === undefined) {
      return pass('a//b and a/b are two objects', { slashes: 'exact' });
    }
    const observed = { slashes: 'collapsed' } as const;
    const found = 'a//b and a/b are one object';
    return profile.slashes === 'exact'
      ? fail(found, `Choose another profile than ${profile.name}: policies must treat them as one.`, observed)
      : pass(`${found}, as the profile ${profile.name} says`, observed);
  },
};
