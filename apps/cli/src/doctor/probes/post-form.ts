import { describe, isDone, isRefused } from '../answer.ts';
import { fail, lack, pass, type Probe } from '../probe.ts';
import { readObject } from '../test-object.ts';

const maxBytes = 16;

/** Browser forms are taken, and their size range is kept. */
export const postForm: Probe = {
  name: 'post-form',
  run: async (context) => {
    const { key, sendForm, store } = context;
    const fits = await sendForm({ key: key('form'), maxBytes, file: 'x'.repeat(maxBytes) });
    const isStored = (await readObject(context, 'form')) !== undefined;
    if (!isDone(fits) || !isStored) {
      return lack(
        store.profile.postForms,
        `forms are not taken (${describe(fits)})`,
        'Upload with PUT, and choose a profile that does not promise forms.',
        { postForms: false },
      );
    }
    const tooLarge = await sendForm({ key: key('form-large'), maxBytes, file: 'x'.repeat(maxBytes + 1) });
    const isLargeStored = (await readObject(context, 'form-large')) !== undefined;
    return isRefused(tooLarge) && !isLargeStored
      ? pass('a form takes files within its size range only', { postForms: true })
      : fail('a form takes a file larger than its content-length-range', 'Upload with PUT.', {
          postForms: false,
        });
  },
};
