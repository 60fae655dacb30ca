/** The signing service on the page's own origin. */
import type { DownloadsRequest, DownloadsResponse, Limits, ListResponse, Problem } from '@valetkey/protocol';

/** Why the service said no, in its own words. */
export class SignerError extends Error {
  override readonly name = 'SignerError';
  readonly problem: Problem | undefined;

  constructor(message: string, problem?: Problem) {
    super(message);
    this.problem = problem;
  }

  /** Whether a token would help. */
  get isUnauthenticated(): boolean {
    return this.problem?.code === 'unauthenticated';
  }
}

export interface Signer {
  /** Differs for each token: what one was answered is not shown to another. */
  readonly id: string;
  /** Names of the policies that the page works under. */
  readonly policies: () => Promise<readonly string[]>;
  readonly limits: (policy: string) => Promise<Limits>;
  readonly list: (asked: {
    readonly policy: string;
    readonly prefix?: string | undefined;
    readonly cursor?: string | undefined;
  }) => Promise<ListResponse>;
  readonly downloads: (request: DownloadsRequest) => Promise<DownloadsResponse>;
  /** What shows the service who asks. */
  readonly headers: () => Readonly<Record<string, string>>;
}

/** Address in front of `/v1`, without a slash at its end. */
export const endpoint = (): string => new URL('.', document.baseURI).href.replace(/\/$/, '');

/** Talks to the service, with a token where there is one. */
export function createSigner(token: string | undefined): Signer {
  const headers = (): Readonly<Record<string, string>> =>
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  const call = async <Answer>(path: string, body?: object): Promise<Answer> => {
    const response = await reach(`${endpoint()}${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { ...headers(), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer as Answer;
    throw toError(answer, response.status);
  };
  return {
    id: crypto.randomUUID(),
    headers,
    policies: async () => (await call<{ policies: string[] }>('/console.json')).policies,
    limits: (policy) => call(`/v1/policies/${encodeURIComponent(policy)}`),
    list: ({ policy, prefix, cursor }) => {
      const query = new URLSearchParams({ policy });
      if (prefix !== undefined) query.set('prefix', prefix);
      if (cursor !== undefined) query.set('cursor', cursor);
      return call(`/v1/objects?${query}`);
    },
    downloads: (request) => call('/v1/downloads', request),
  };
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    throw new Error('The signing service cannot be reached. Look at your connection and try again.', {
      cause,
    });
  }
}

function toError(body: unknown, status: number): SignerError {
  if (typeof body === 'object' && body !== null && 'detail' in body && typeof body.detail === 'string') {
    return new SignerError(body.detail, body as Problem);
  }
  return new SignerError(`The signing service answered with status ${status}.`);
}
