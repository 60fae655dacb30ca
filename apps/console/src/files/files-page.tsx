import { useQueryClient } from '@tanstack/react-query';
import type { Limits } from '@valetkey/protocol';
import { useCallback, useRef, useState } from 'react';

import { messageOf, Notice } from '../notice.tsx';
import { ShareDialog } from '../share/share-dialog.tsx';
import { visibleText } from '../visible-text.ts';
import { ActionsMenu } from './actions-menu.tsx';
import { ObjectList } from './object-list.tsx';
import { UploadArea } from './upload-area.tsx';
import { useDownload } from './use-download.ts';

/** Everything that one policy lets a person do: upload, look, share. */
export function FilesPage({ limits }: { readonly limits: Limits }) {
  const { policy, actions } = limits;
  const [selected, setSelected] = useState<string>();
  const [shared, setShared] = useState<string>();
  const shareButton = useRef<HTMLButtonElement>(null);
  const queries = useQueryClient();
  const download = useDownload(policy);
  const refresh = useCallback(() => void queries.invalidateQueries({ queryKey: ['objects'] }), [queries]);
  const closeDialog = () => {
    setShared(undefined);
    // It may have been opened from a menu that is gone by now.
    shareButton.current?.focus();
  };
  const mayShare = actions.includes('download');
  return (
    <>
      <h1>
        <bdi>{visibleText(policy)}</bdi>
      </h1>
      {actions.includes('upload') ? <UploadArea limits={limits} onUploaded={refresh} /> : undefined}
      {actions.includes('list') ? (
        <ObjectList
          policy={policy}
          selected={selected}
          onSelect={setSelected}
          toolbar={
            mayShare ? (
              <>
                <button
                  ref={shareButton}
                  type="button"
                  className="primary"
                  disabled={selected === undefined}
                  onClick={() => setShared(selected)}
                >
                  Share
                </button>
                <ActionsMenu
                  isDisabled={selected === undefined}
                  onShare={() => setShared(selected)}
                  onDownload={() => selected !== undefined && download.mutate(selected)}
                  onCopyKey={() => selected !== undefined && void navigator.clipboard.writeText(selected)}
                />
              </>
            ) : undefined
          }
        />
      ) : undefined}
      {download.error === null ? undefined : <Notice kind="error">{messageOf(download.error)}</Notice>}
      {shared === undefined ? undefined : (
        <ShareDialog objectKey={shared} limits={limits} onClose={closeDialog} />
      )}
    </>
  );
}
