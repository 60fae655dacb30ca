import { failedBy, isDone, isRefused } from '../answer.ts';
import { lack, pass, type Probe } from '../probe.ts';
import { readObject, testBody } from '../test-object.ts';

const notImplemented = 501;
const fix = 'Put {uuid} into the key patterns of uploads: overwrite: false holds nothing here.';

/** `If-None-Match: *` keeps what is there. */
export const conditionalWrite: Probe = {
  name: 'conditional-write',
  run: async (context) => {
    const { call, key, store } = context;
    const name = 'conditional';
    const write = (body: string) =>
      call({ method: 'PUT', key: key(name), headers: { 'if-none-match': '*' } }, { body });
    const lacking = (found: string) =>
      lack(store.profile.conditionalWrites, found, fix, { conditionalWrites: false });
    const first = await write(testBody);
    if (first.status === notImplemented) return lacking('the store knows no conditional writes');
    if (!isDone(first)) {
      return failedBy(first, 'the first conditional PUT is refused', 'Look at the permissions of the keys.');
    }
    const second = await write('other');
    const isKept = (await readObject(context, name)) === testBody;
    return isRefused(second) && isKept
      ? pass('If-None-Match: * does not replace an object', { conditionalWrites: true })
      : lacking('If-None-Match: * replaces the object');
  },
};
