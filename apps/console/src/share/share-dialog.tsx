import { useMutation } from '@tanstack/react-query';
import type { Limits } from '@valetkey/protocol';
import { useEffect, useId, useRef, useState } from 'react';

import { fromInstant, now } from '../instant.ts';
import { messageOf, Notice } from '../notice.tsx';
import { useSession } from '../session/session.tsx';
import { visibleText } from '../visible-text.ts';
import { ExpirationForm } from './expiration-form.tsx';
import { SharedLink, type Link } from './shared-link.tsx';

/** Makes a link to one object: choose how long, generate, copy. */
export function ShareDialog({
  objectKey,
  limits,
  onClose,
}: {
  readonly objectKey: string;
  readonly limits: Limits;
  readonly onClose: () => void;
}) {
  const { signer } = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [link, setLink] = useState<Link>();
  const { mutate, isPending, error } = useMutation({
    mutationFn: async (expiresInSeconds: number): Promise<Link> => {
      const filename = objectKey.split('/').at(-1) ?? objectKey;
      const answer = await signer.downloads({
        policy: limits.policy,
        items: [{ key: objectKey, filename }],
        expiresInSeconds,
      });
      const [item] = answer.items;
      if (item === undefined) throw new Error('The signing service answered nothing.');
      if ('problem' in item) throw new Error(item.problem.detail);
      const leftMs = fromInstant(item.expiresAt) - fromInstant(answer.serverTime);
      return { url: item.url, limitedBy: item.limitedBy, endsAtMs: now() + leftMs };
    },
    onSuccess: setLink,
    onMutate: () => setLink(undefined),
  });
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={titleId} onClose={onClose}>
      <h2 id={titleId}>
        Share <bdi>{visibleText(objectKey.split('/').at(-1) ?? objectKey)}</bdi>
      </h2>
      <p>Anyone with the link can download this one object until the link ends.</p>
      <ExpirationForm lifetime={limits.lifetimeSeconds} isPending={isPending} onGenerate={mutate} />
      {error === null ? undefined : <Notice kind="error">{messageOf(error)}</Notice>}
      {link === undefined ? undefined : <SharedLink key={link.url} link={link} />}
      <form method="dialog" className="actions">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
