import { isRefused } from '../answer.ts';
import { fail, pass, type Probe } from '../probe.ts';
import { readObject, storeObject } from '../test-object.ts';

/** Nobody reads, lists or writes without a signature. */
export const privacy: Probe = {
  name: 'private',
  run: async (context) => {
    const { call, key } = context;
    await storeObject(context, 'object');
    const unsign = (url: URL) => void (url.search = '');
    const read = await call({ method: 'GET', key: key('object') }, { rewrite: unsign });
    const list = await call(
      { method: 'GET', key: key('object') },
      {
        rewrite: (url) => {
          url.pathname = url.pathname.slice(0, -key('object').length);
          url.search = '?list-type=2&max-keys=1';
        },
      },
    );
    const write = await call({ method: 'PUT', key: key('unsigned') }, { body: 'x', rewrite: unsign });
    const isWritten = !isRefused(write) && (await readObject(context, 'unsigned')) !== undefined;
    const open = [
      ...(isRefused(read) ? [] : ['READ']),
      ...(isRefused(list) ? [] : ['LIST']),
      ...(isWritten ? ['WRITE'] : []),
    ];
    return open.length === 0
      ? pass('without a signature nothing is read, listed or written')
      : fail(
          `PUBLIC BUCKET: without any signature everybody may ${open.join(' and ')}`,
          'Block public access to the bucket, and take the statement out of its policy or ACL; presigned URLs guard nothing here.',
        );
  },
};
