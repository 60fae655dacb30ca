import { useQueries, useQuery } from '@tanstack/react-query';
import type { Limits } from '@valetkey/protocol';
import { lazy, Suspense } from 'react';

import { FilesPage } from './files/files-page.tsx';
import { messageOf, Notice } from './notice.tsx';
import { useSession } from './session/session.tsx';
import { SignIn } from './session/sign-in.tsx';
import { SignerError } from './session/signer.ts';
import { useHash } from './use-hash.ts';
import { visibleText } from './visible-text.ts';

const KubernetesPage = lazy(async () => ({
  default: (await import('./kubernetes/kubernetes-page.tsx')).KubernetesPage,
}));

const kubernetesHash = 'kubernetes';
const hashOf = (policy: string) => `policies/${policy}`;

/** The frame: which policies there are, which page is shown. */
export function App() {
  const hash = useHash();
  const { limits, isPending, error, retry } = usePolicies();
  if (error instanceof SignerError && error.isUnauthenticated) {
    return (
      <main>
        <SignIn />
      </main>
    );
  }
  const current = limits.find(({ policy }) => hash === hashOf(policy)) ?? limits[0];
  const isKubernetes = hash === kubernetesHash;
  return (
    <>
      <header>
        <p className="brand">Valetkey</p>
        <nav aria-label="Policies and tools">
          {limits.map(({ policy }) => (
            <a
              key={policy}
              href={`#/${encodeURI(hashOf(policy))}`}
              aria-current={!isKubernetes && policy === current?.policy ? 'page' : undefined}
            >
              <bdi>{visibleText(policy)}</bdi>
            </a>
          ))}
          <a href={`#/${kubernetesHash}`} aria-current={isKubernetes ? 'page' : undefined}>
            Kubernetes shares
          </a>
        </nav>
      </header>
      <main>
        {isKubernetes ? (
          <Suspense fallback={<Notice kind="info">Loading …</Notice>}>
            <KubernetesPage />
          </Suspense>
        ) : (
          <Body current={current} error={error} isPending={isPending} onRetry={retry} />
        )}
      </main>
    </>
  );
}

function Body({
  current,
  error,
  isPending,
  onRetry,
}: {
  readonly current: Limits | undefined;
  readonly error: unknown;
  readonly isPending: boolean;
  readonly onRetry: () => void;
}) {
  if (current !== undefined) return <FilesPage key={current.policy} limits={current} />;
  if (isPending) return <Notice kind="info">Loading …</Notice>;
  return (
    <Notice kind="error" onRetry={onRetry}>
      {error === undefined ? 'No policy of this service is for you.' : messageOf(error)}
    </Notice>
  );
}

/** The limits of every policy that is for the person; the others do not exist for them. */
function usePolicies() {
  const { signer } = useSession();
  const names = useQuery({ queryKey: ['policies', signer.id], queryFn: signer.policies });
  const results = useQueries({
    queries: (names.data ?? []).map((policy) => ({
      queryKey: ['limits', signer.id, policy],
      queryFn: () => signer.limits(policy),
    })),
  });
  const isForbidden = (error: unknown) => error instanceof SignerError && error.problem?.code === 'forbidden';
  return {
    limits: results.flatMap(({ data }) => (data === undefined ? [] : [data])),
    isPending: names.isPending || results.some((result) => result.isPending),
    error:
      names.error ?? results.find(({ error }) => error !== null && !isForbidden(error))?.error ?? undefined,
    retry: () => {
      void names.refetch();
      for (const result of results) void result.refetch();
    },
  };
}
