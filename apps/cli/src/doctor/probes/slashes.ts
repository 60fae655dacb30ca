import { describe, isDone } from '../answer.ts';
import { fail, pass, type Probe } from '../probe.ts';
import { readObject, storeObject } from '../test-object.ts';

/** Whether `a//b` and `a/b` are one object. */
export const slashes: Probe = {
  name: 'slashes',
  run: async (context) => {
    const { profile } = context.store;
    const answer = await storeObject(context, 'slash//b');
    const isTaken = isDone(answer);
    if (isTaken && (await readObject(context, 'slash/b')) === undefined) {
      return pass('a//b and a/b are two objects', { exactSlashes: true });
    }
    const found = isTaken ? 'a//b and a/b are one object' : `a//b is refused (${describe(answer)})`;
    return profile.slashes === 'exact'
      ? fail(found, `Choose another profile than ${profile.name}: policies must treat the two as one.`, {
          exactSlashes: false,
        })
      : pass(`${found}, as the profile ${profile.name} says`, { exactSlashes: false });
  },
};
