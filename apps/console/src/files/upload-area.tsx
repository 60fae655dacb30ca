import Uppy from '@uppy/core';
import Dashboard from '@uppy/dashboard';
import { ValetkeyUpload } from '@valetkey/browser-uploader';
import type { Limits } from '@valetkey/protocol';
import { useEffect, useRef, useState } from 'react';

import { formatBytes } from '../format.ts';
import { useSession } from '../session/session.tsx';
import { endpoint } from '../session/signer.ts';
import { UploadFailures, type Failures } from './upload-failures.tsx';

/** Uppy's Dashboard over the policy's limits. */
export function UploadArea({
  limits,
  onUploaded,
}: {
  readonly limits: Limits;
  readonly onUploaded: () => void;
}) {
  const { signer } = useSession();
  const target = useRef<HTMLDivElement>(null);
  const [failures, setFailures] = useState<Failures>(new Map());
  useEffect(() => {
    if (target.current === null) return undefined;
    const uppy = new Uppy({ id: `upload-${limits.policy}` })
      .use(Dashboard, {
        target: target.current,
        inline: true,
        width: '100%',
        height: 340,
        theme: 'auto',
        proudlyDisplayPoweredByUppy: false,
        note: noteOf(limits),
      })
      .use(ValetkeyUpload, { endpoint: endpoint(), policy: limits.policy, headers: signer.headers });
    const forget = (id: string) =>
      setFailures((known) => new Map([...known].filter(([failed]) => failed !== id)));
    uppy.on('upload-success', onUploaded);
    uppy.on('upload-error', (file, { message }) => {
      if (file === undefined) return;
      setFailures((known) => new Map(known).set(file.id, { name: file.name, message }));
    });
    uppy.on('upload-start', (files) => files.forEach(({ id }) => forget(id)));
    uppy.on('file-removed', ({ id }) => forget(id));
    uppy.on('restriction-failed', (file, { message }) => {
      const name = file?.name ?? '';
      setFailures((known) => new Map(known).set(`restriction ${name}`, { name, message }));
    });
    // The next choice of files is judged anew.
    uppy.on('files-added', () =>
      setFailures((known) => new Map([...known].filter(([id]) => !id.startsWith('restriction ')))),
    );
    // Leaving now would lose what is under way; the browser asks.
    const stay = (event: BeforeUnloadEvent) => {
      const isUploading = Object.keys(uppy.getState().currentUploads).length > 0;
      if (isUploading) event.preventDefault();
    };
    addEventListener('beforeunload', stay);
    return () => {
      removeEventListener('beforeunload', stay);
      uppy.destroy();
    };
  }, [limits, signer, onUploaded]);
  return (
    <section className="card" aria-label="Upload">
      <div ref={target} />
      <UploadFailures failures={failures} />
    </section>
  );
}

function noteOf({ maxFileBytes, accept, maxFiles }: Limits): string {
  return [
    maxFileBytes === undefined ? undefined : `Up to ${formatBytes(maxFileBytes)} each.`,
    maxFiles === undefined ? undefined : `At most ${maxFiles} files at a time.`,
    accept.length === 0 ? undefined : `Types: ${accept.join(', ')}.`,
  ]
    .filter((part) => part !== undefined)
    .join(' ');
}
