import { isRefused } from '../answer.ts';
import { fail, pass, type Probe } from '../probe.ts';
import { readObject, testBody } from '../test-object.ts';

const shapes = [
  { name: 'length-longer', body: `${testBody}!`, what: 'a byte more' },
  { name: 'length-shorter', body: testBody.slice(1), what: 'a byte less' },
] as const;

/** A PUT holds exactly as many bytes as were signed. */
export const length: Probe = {
  name: 'length',
  run: async (context) => {
    const accepted: string[] = [];
    for (const { name, body, what } of shapes) {
      const headers = { 'content-length': String(testBody.length) };
      const answer = await context.call({ method: 'PUT', key: context.key(name), headers }, { body });
      const isStored = (await readObject(context, name)) !== undefined;
      if (!isRefused(answer) || isStored) accepted.push(what);
    }
    return accepted.length === 0
      ? pass('a byte more or less than the signed length is refused', { exactLengths: true })
      : fail(
          `a PUT of ${accepted.join(' and of ')} than was signed is stored`,
          'Sizes are not bounded by URLs here; look at the size after each upload, and set a quota.',
          { exactLengths: false },
        );
  },
};
