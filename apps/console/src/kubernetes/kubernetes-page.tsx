import { useDeferredValue, useId, useMemo, useState } from 'react';

import { Notice } from '../notice.tsx';
import { visibleText } from '../visible-text.ts';
import { exampleYaml } from './example.ts';
import { previewShares, type Preview, type SharePreview } from './preview-shares.ts';

/** What a Share would publish, and which policy admits it or why none does. */
export function KubernetesPage() {
  const [text, setText] = useState(exampleYaml);
  const deferred = useDeferredValue(text);
  const preview = useMemo(() => previewShares(deferred), [deferred]);
  const id = useId();
  return (
    <>
      <h1>Kubernetes shares</h1>
      <p>
        Edit the Share, or the policy, store and namespace around it. The outcome is worked out in this page
        by the code that the issuer runs; nothing is sent anywhere.
      </p>
      <div className="columns">
        <section className="card" aria-labelledby={`${id}-title`}>
          <h2 id={`${id}-title`}>YAML</h2>
          <label htmlFor={id} className="visually-hidden">
            Share, SharePolicy, stores and Namespaces
          </label>
          <textarea
            id={id}
            className="yaml"
            spellCheck={false}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </section>
        <section className="card" aria-label="Outcome" aria-live="polite">
          <h2>Outcome</h2>
          <Outcome preview={preview} />
        </section>
      </div>
    </>
  );
}

function Outcome({ preview }: { readonly preview: Preview }) {
  if (!preview.valid) return <Notice kind="error">{preview.message}</Notice>;
  return preview.shares.map((share) => <ShareOutcome key={share.name} share={share} />);
}

function ShareOutcome({ share }: { readonly share: SharePreview }) {
  const name = <bdi>{visibleText(share.name)}</bdi>;
  if (!share.admitted) {
    return (
      <article>
        <h3>{name}: not published</h3>
        <p>
          <strong>{share.reason}</strong>
        </p>
        <p className="reason">{visibleText(share.message)}</p>
      </article>
    );
  }
  return (
    <article>
      <h3>{name}: published</h3>
      <p>
        Admitted by the policy <strong>{visibleText(share.policy)}</strong>, into the Secret{' '}
        <strong>{visibleText(share.secretName)}</strong>:
      </p>
      <ul>
        {share.entries.map((entry) => (
          <li key={entry}>
            <code>{visibleText(entry)}</code>
          </li>
        ))}
      </ul>
      <details>
        <summary>The Secret, with signatures redacted</summary>
        {/* It scrolls, so the keyboard must be able to reach it. */}
        <pre tabIndex={0} role="region" aria-label="The Secret">
          {share.secret}
        </pre>
      </details>
    </article>
  );
}
