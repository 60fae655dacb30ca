import type { ReactNode } from 'react';

/** A message that is read out as it appears: an error at once, anything else when there is a pause. */
export function Notice({
  kind,
  children,
  onRetry,
}: {
  readonly kind: 'error' | 'info';
  readonly children: ReactNode;
  readonly onRetry?: () => void;
}) {
  return (
    <div className={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      <p>{children}</p>
      {onRetry === undefined ? undefined : (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
