import { evaluateList, ValetkeyError, type Subject } from '@valetkey/core';
import type { ListQuery, ListResponse } from '@valetkey/protocol';

import { askStore, type Call } from './batch.ts';
import { enter, type ServiceContext } from './service-context.ts';
import { listObjects } from './store/list-objects.ts';

/** One page of the objects that a policy covers for the subject. */
export async function list(
  context: ServiceContext,
  subject: Subject,
  { policy, prefix, cursor }: ListQuery,
  call: Call,
): Promise<ListResponse> {
  const entry = await enter(context, subject, policy);
  const scope = evaluateList(entry.policy, subject, prefix);
  if (!scope.allowed) {
    await context.hooks.onDenied({ ...scope.denial, subject, policy });
    throw new ValetkeyError('forbidden');
  }
  if (scope.kind === 'roots') return { prefix: '', items: [], prefixes: [...scope.prefixes] };
  const asked = { bucket: entry.bucket, prefix: scope.prefix, cursor };
  const page = await askStore(context, call, entry.storeName, () =>
    listObjects(asked, entry.target, context.call()),
  );
  return {
    prefix: scope.prefix,
    items: page.items.filter(({ key }) => scope.covers(key)),
    prefixes: page.prefixes.filter((folder) => scope.coversFolder(folder)),
    ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
  };
}
