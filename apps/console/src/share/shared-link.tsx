import { useEffect, useId, useRef, useState } from 'react';

import { formatDuration, formatTime } from '../format.ts';
import { now, toInstant } from '../instant.ts';
import { QrCode } from './qr-code.tsx';

/** A link that was made; a secret for as long as it lives. */
export interface Link {
  readonly url: string;
  /** By this machine's clock, milliseconds since the epoch. */
  readonly endsAtMs: number;
  readonly limitedBy: 'asked' | 'policy' | 'store' | 'credentials' | 'end-time';
}

/** The link to copy or scan, and when it ends. Once it has ended it is taken away. */
export function SharedLink({ link }: { readonly link: Link }) {
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const [copied, setCopied] = useState('');
  const leftMs = useCountdown(link.endsAtMs);
  if (leftMs <= 0) {
    return (
      <p className="notice info" role="status">
        This link has ended. Generate another one.
      </p>
    );
  }
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(link.url);
      setCopied('Copied.');
    } catch {
      // No right to the clipboard: the text is selected, and the keyboard can do it.
      setCopied('Press Ctrl+C or ⌘C to copy the selected link.');
    }
  };
  return (
    <section className="shared-link" aria-label="Link">
      <label htmlFor={id}>Link</label>
      <div className="copy">
        <input id={id} ref={field} readOnly value={link.url} onFocus={({ target }) => target.select()} />
        <button type="button" onClick={() => void copy()}>
          Copy
        </button>
      </div>
      <p role="status" className="hint">
        {copied}
      </p>
      <p>
        Ends on <time dateTime={toInstant(link.endsAtMs)}>{formatTime(link.endsAtMs)}</time>, in{' '}
        {formatDuration(leftMs / 1000)}
        {link.limitedBy === 'credentials' ? ', with the credentials that signed it' : ''}.
      </p>
      <QrCode text={link.url} title="QR code of the link" />
    </section>
  );
}

/** Milliseconds left, told every second. */
function useCountdown(endsAtMs: number): number {
  const [nowMs, setNowMs] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return endsAtMs - nowMs;
}
