import type { AdminConnection } from '../../test/admin-connection.ts';

const writing = /verb="(?:POST|PUT|PATCH|APPLY|DELETE)"/;

/** Writes that the API server has answered so far, by what was written: `secrets POST 201`. */
export async function writesSoFar(admin: AdminConnection): Promise<ReadonlyMap<string, number>> {
  const { body } = await admin.send('GET', '/metrics');
  const counts = new Map<string, number>();
  for (const line of String(body).split('\n')) {
    if (!line.startsWith('apiserver_request_total{') || !writing.test(line) || !line.includes('dry_run=""'))
      continue;
    const label = (name: string) => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? '';
    const what = [label('resource'), label('subresource')].filter(Boolean).join('/');
    const key = `${what} ${label('verb')} ${label('code')}`;
    counts.set(key, (counts.get(key) ?? 0) + Number(line.slice(line.lastIndexOf(' '))));
  }
  return counts;
}

/** What was written between two looks; a Lease is renewed all the time and not counted. */
export function writesBetween(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  resources = /^(?:secrets|shares)/,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...after]
      .map(([what, count]) => [what, count - (before.get(what) ?? 0)] as const)
      .filter(([what, count]) => count > 0 && resources.test(what)),
  );
}
