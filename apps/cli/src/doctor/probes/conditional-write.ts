import { failedBy, isDone, isRefused } from '../answer.ts';
import { pass, skip, fail, type Probe } from '../probe.ts';
import { readObject, testBody } from '../test-object.ts';

/** `If-None-Match: *` keeps what is there. */
export const conditionalWrite: Probe = {
  name: 'conditional-write',
  run: async (context) => {
    const { call, key, store } = context;
    const name = 'conditional';
    const write = (body: string) =>
      call({ method: 'PUT', key: key(name), headers: { 'if-none-match': '*' } }, { body });
    const first = await write(testBody);
    if (first.status === 501)
      return skip('the store knows no conditional writes', { conditionalWrites: false });
    if (!isDone(first)) {
      return failedBy(first, 'the first conditional PUT is refused', 'Look at the permissions of the keys.');
    }
    const second = await write('other');
    const kept = (await readObject(context, name)) === testBody;
    if (isRefused(second) && kept) {
      return pass('If-None-Match: * does not replace an object', { conditionalWrites: true });
    }
    const found = 'If-None-Match: * replaces the object';
    return store.profile.conditionalWrites
      ? fail(found, 'Put {uuid} into the key patterns of uploads; overwrite: false holds nothing here.', {
          conditionalWrites: false,
        })
      : skip(`${found}, and the profile ${store.profile.name} does not promise otherwise`, {
          conditionalWrites: false,
        });
  },
};
