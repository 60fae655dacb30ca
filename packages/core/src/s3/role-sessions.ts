import { systemClock, type Clock } from '../clock.ts';
import type { Credentials } from '../signing/credentials.ts';
import { cacheCredentials, type CredentialProvider } from './cached-credentials.ts';
import { assumeRoleSession, type RoleSession, type RoleSource } from './role-session.ts';

const usualMaxSessions = 10_000;

/**
 * What {@link createRoleSessions} needs.
 * @public
 */
export interface RoleSessionsOptions extends RoleSource {
  /** @default the machine's own */
  readonly clock?: Clock;
  /** Sessions kept at once; the one unused for longest goes first. @default 10000 */
  readonly maxSessions?: number;
}

/**
 * Keys of a session, assumed when they are needed and kept while they live long enough for a URL of
 * `lifetimeSeconds`.
 * @public
 */
export type RoleSessions = (session: RoleSession, lifetimeSeconds?: number) => Promise<Credentials>;

/**
 * Sessions of roles, one per role, name and session policy. A session is renewed when less than the URL's lifetime
 * and a minute is left of it, or half of it when that is less: a 12 h session serves URLs of 2 h for ten hours.
 * @throws (the result) ValetkeyError as {@link assumeRoleSession}
 * @example
 * ```ts
 * const sessions = createRoleSessions({ source: credentialProvider({ default: {} }, process.env) });
 * const keys = await sessions({ roleArn, sessionName: 'team.weights', policy, durationSeconds: 43_200 }, 7200);
 * ```
 * @public
 */
export function createRoleSessions(options: RoleSessionsOptions): RoleSessions {
  const { clock = systemClock, maxSessions = usualMaxSessions, ...from } = options;
  const kept = new Map<string, CredentialProvider>();
  return (session, lifetimeSeconds) => {
    const { roleArn, externalId, sessionName, policy, durationSeconds } = session;
    const name = JSON.stringify([roleArn, externalId, sessionName, policy, durationSeconds]);
    const fetch = () => assumeRoleSession({ ...session, ...from });
    const provide = kept.get(name) ?? cacheCredentials({ fetch, clock, isSession: true });
    kept.delete(name);
    kept.set(name, provide);
    const [oldest] = kept.size > maxSessions ? kept.keys() : [];
    if (oldest !== undefined) kept.delete(oldest);
    return provide(lifetimeSeconds);
  };
}
