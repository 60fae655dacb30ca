import { useInfiniteQuery } from '@tanstack/react-query';
import type { ListResponse } from '@valetkey/protocol';
import { useState, type ReactNode } from 'react';

import { formatBytes, formatTime } from '../format.ts';
import { fromInstant } from '../instant.ts';
import { messageOf, Notice } from '../notice.tsx';
import { useSession } from '../session/session.tsx';
import { visibleText } from '../visible-text.ts';

type Item = ListResponse['items'][number];

/** The objects that the policy shows, one folder at a time. */
export function ObjectList({
  policy,
  selected,
  onSelect,
  toolbar,
}: {
  readonly policy: string;
  readonly selected: string | undefined;
  readonly onSelect: (key: string | undefined) => void;
  readonly toolbar: ReactNode;
}) {
  const { signer } = useSession();
  // The folders that were opened, outermost first; none is the policy's own prefix.
  const [path, setPath] = useState<readonly string[]>([]);
  const prefix = path.at(-1);
  const { data, error, isPending, isFetching, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['objects', signer.id, policy, prefix],
    queryFn: ({ pageParam }) => signer.list({ policy, prefix, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.cursor,
  });
  const open = (folders: readonly string[]) => {
    onSelect(undefined);
    setPath(folders);
  };
  const pages = data?.pages ?? [];
  const items = pages.flatMap((page) => page.items);
  const folders = [...new Set(pages.flatMap((page) => page.prefixes))];
  const base = pages[0]?.prefix ?? '';
  return (
    <section className="card" aria-labelledby="objects-title">
      <div className="toolbar">
        <h2 id="objects-title">Objects</h2>
        {toolbar}
        <button type="button" onClick={() => void refetch()} disabled={isFetching}>
          Refresh
        </button>
      </div>
      {path.length > 0 ? (
        <button type="button" className="link" onClick={() => open(path.slice(0, -1))}>
          <span aria-hidden="true">↑</span> Up to the folder above
        </button>
      ) : undefined}
      {error === null ? undefined : (
        <Notice kind="error" onRetry={() => void refetch()}>
          {messageOf(error)}
        </Notice>
      )}
      {isPending ? <Notice kind="info">Loading …</Notice> : undefined}
      {data === undefined ? undefined : (
        <ObjectTable
          {...{ base, folders, items, selected, onSelect }}
          onOpen={(folder) => open([...path, folder])}
        />
      )}
      {hasNextPage ? (
        <button type="button" onClick={() => void fetchNextPage()} disabled={isFetching}>
          Load more
        </button>
      ) : undefined}
    </section>
  );
}

function ObjectTable({
  base,
  folders,
  items,
  selected,
  onSelect,
  onOpen,
}: {
  readonly base: string;
  readonly folders: readonly string[];
  readonly items: readonly Item[];
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
  readonly onOpen: (folder: string) => void;
}) {
  if (folders.length + items.length === 0) return <p className="empty">Nothing is here yet.</p>;
  return (
    <table>
      <caption className="visually-hidden">
        Objects under <bdi>{visibleText(base)}</bdi>
      </caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col" className="number">
            Size
          </th>
          <th scope="col">Last modified</th>
        </tr>
      </thead>
      <tbody>
        {folders.map((folder) => (
          <tr key={folder}>
            <td colSpan={3}>
              <button type="button" className="link" onClick={() => onOpen(folder)}>
                <span aria-hidden="true">📁</span> <bdi>{visibleText(folder.slice(base.length))}</bdi>
              </button>
            </td>
          </tr>
        ))}
        {items.map(({ key, bytes, lastModified }) => (
          <tr key={key} className={key === selected ? 'selected' : undefined}>
            <td>
              <label>
                <input type="radio" name="object" checked={key === selected} onChange={() => onSelect(key)} />{' '}
                <bdi>{visibleText(key.slice(base.length))}</bdi>
              </label>
            </td>
            <td className="number">{formatBytes(bytes)}</td>
            <td>{formatTime(fromInstant(lastModified))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
