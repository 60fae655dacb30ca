import { createContext, use, useMemo, useState, type ReactNode } from 'react';

import { createSigner, type Signer } from './signer.ts';

/** Kept until the tab is closed, and seen by no other tab. */
const tokenKey = 'valetkey-token';

interface Session {
  readonly signer: Signer;
  readonly signIn: (token: string) => void;
}

const SessionContext = createContext<Session | undefined>(undefined);

/** Who works with the page. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [token, setToken] = useState(() => sessionStorage.getItem(tokenKey) ?? undefined);
  const session = useMemo<Session>(
    () => ({
      signer: createSigner(token),
      signIn: (given) => {
        sessionStorage.setItem(tokenKey, given);
        setToken(given);
      },
    }),
    [token],
  );
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = use(SessionContext);
  if (session === undefined) throw new Error('SessionProvider is missing');
  return session;
}
