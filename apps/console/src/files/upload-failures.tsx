import { Notice } from '../notice.tsx';
import { visibleText } from '../visible-text.ts';

/** Why files did not arrive, by their ids. */
export type Failures = ReadonlyMap<string, { readonly name: string; readonly message: string }>;

/** The reasons in full: the Dashboard shows them only behind a question mark. */
export function UploadFailures({ failures }: { readonly failures: Failures }) {
  if (failures.size === 0) return undefined;
  return (
    <Notice kind="error">
      {[...failures].map(([id, { name, message }]) => (
        <span key={id} className="failure">
          <strong>
            <bdi>{visibleText(name)}</bdi>
          </strong>
          : {message}
        </span>
      ))}
    </Notice>
  );
}
