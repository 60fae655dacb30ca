import type { Clock, Subject } from '@valetkey/core';

import type { AuthSettings } from '../auth-schema.ts';
import type { Metrics } from '../metrics.ts';
import type { ServerSettings } from '../server-schema.ts';
import { cookieIsSafe } from './cookie-is-safe.ts';
import type { Identities } from './identities.ts';
import { readJwt, type UnverifiedJwt } from './read-jwt.ts';
import { cacheReviews } from './review-cache.ts';
import { reviewToken } from './review-token.ts';
import { createStaticTokens } from './static-tokens.ts';
import { toOwnSpace } from './subject-spaces.ts';
import { tokenOf } from './token-of.ts';
import { verifyJwt, type JwtSettings } from './verify-jwt.ts';

/** What callers are known by. */
export interface AuthParts {
  readonly clock: Clock;
  readonly identities: Identities;
  readonly metrics: Pick<Metrics, 'authenticated'>;
}

/** What callers showed: a way to know them, a token that none of the ways is for, or nothing. */
type ShownKind = AuthSettings['kind'] | 'unknown' | 'none';

/**
 * Knows who asks. A token that nobody knows is nobody, even where anonymous callers are let in: whoever shows a
 * token means to be somebody.
 */
export function createAuthenticate(
  server: Pick<ServerSettings, 'auth' | 'basePath' | 'corsOrigins'>,
  { clock, identities, metrics }: AuthParts,
): (request: Request) => Promise<Subject | undefined> {
  const findStatic = createStaticTokens(ofKind(server.auth, 'static'));
  const issuers = ofKind(server.auth, 'jwt');
  const clusters = ofKind(server.auth, 'kubernetes').map((entry) => ({
    audience: entry.audience,
    review: cacheReviews(
      async (token) => toOwnSpace(await reviewToken(token, entry.audience, entry), entry, server.auth),
      clock,
    ),
  }));
  const takesAnonymous = ofKind(server.auth, 'anonymous').length > 0;
  const cookies = issuers.flatMap(({ cookie }) => cookie ?? []);
  const cookieTerms = {
    origins: new Set(server.corsOrigins),
    base: server.basePath === '/' ? '' : server.basePath,
  };

  /** Each is counted once, with what became of it and how long that took. */
  const counted = async (
    kind: ShownKind,
    find: () => Promise<Subject | undefined>,
  ): Promise<Subject | undefined> => {
    const startedAt = performance.now();
    let result: 'accepted' | 'refused' | 'failed' = 'failed';
    try {
      const subject = await find();
      result = subject === undefined ? 'refused' : 'accepted';
      return subject;
    } finally {
      metrics.authenticated({ kind, result, seconds: (performance.now() - startedAt) / 1000 });
    }
  };

  async function subjectOf(token: string): Promise<Subject | undefined> {
    const known = findStatic(token);
    if (known !== undefined) return counted('static', async () => known);
    const jwt = readJwt(token);
    if (jwt === undefined) return counted('unknown', async () => undefined);
    // By what the token says of its issuer it is only sent to the right place to be checked.
    const ofIssuer = issuers.filter(({ issuer }) => issuer === jwt.issuer);
    if (ofIssuer.length > 0) return counted('jwt', () => subjectOfJwt(token, ofIssuer));
    const cluster = clusters.find(({ audience }) => isFor(jwt, audience));
    if (cluster === undefined) return counted('unknown', async () => undefined);
    return counted('kubernetes', () => cluster.review(token));
  }

  /** One issuer may stand there more than once, for other audiences or with other keys. */
  async function subjectOfJwt(token: string, entries: readonly JwtSettings[]): Promise<Subject | undefined> {
    let unavailable: unknown;
    for (const entry of entries) {
      try {
        const subject = await verifyJwt(token, entry, { keys: identities(entry.jwksUrl), clock });
        if (subject !== undefined) return toOwnSpace(subject, entry, server.auth);
      } catch (error) {
        // Another entry may know the token.
        unavailable ??= error;
      }
    }
    if (unavailable !== undefined) throw unavailable;
    return undefined;
  }

  return async (request) => {
    const usable = cookies.length > 0 && cookieIsSafe(request, cookieTerms) ? cookies : [];
    const shown = tokenOf(request.headers, usable);
    if (shown.kind === 'token') return subjectOf(shown.token);
    if (shown.kind === 'unusable') return counted('unknown', async () => undefined);
    if (!takesAnonymous) return counted('none', async () => undefined);
    return counted('anonymous', async () => ({ kind: 'anonymous', id: 'anonymous', claims: {} }));
  };
}

function ofKind<Kind extends AuthSettings['kind']>(
  entries: readonly AuthSettings[],
  kind: Kind,
): readonly Extract<AuthSettings, { kind: Kind }>[] {
  return entries.filter((entry): entry is Extract<AuthSettings, { kind: Kind }> => entry.kind === kind);
}

/** The cluster is not asked about a token that is not for us anyway. */
function isFor({ audience }: UnverifiedJwt, wanted: string): boolean {
  return [audience].flat().includes(wanted);
}
