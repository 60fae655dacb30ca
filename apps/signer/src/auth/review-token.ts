/** Whom the cluster takes a ServiceAccount's token for: `authentication.k8s.io/v1` TokenReview. */
import { ValetkeyError, type Subject } from '@valetkey/core';
import { z } from 'zod';

import { postToKube, type KubeAnswer, type KubeApi } from './kube-api.ts';

const podName = 'authentication.kubernetes.io/pod-name';

const answerSchema = z.object({
  status: z.object({
    authenticated: z.boolean().optional(),
    audiences: z.array(z.string()).optional(),
    user: z
      .object({
        username: z.string().optional(),
        extra: z.record(z.string(), z.array(z.string())).optional(),
      })
      .optional(),
  }),
});

/**
 * The ServiceAccount that a token was issued to for our audience; undefined for any other token.
 * @throws ValetkeyError `identity-unavailable` when the API server cannot be asked, or does not let us ask
 */
export async function reviewToken(
  token: string,
  audience: string,
  api: KubeApi,
): Promise<Subject | undefined> {
  const answer = await ask(api, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token, audiences: [audience] },
  });
  const read = answerSchema.safeParse(answer.body);
  if (answer.status !== 201 || !read.success) throw unavailable(api, `status ${answer.status}`);
  const { authenticated = false, audiences = [], user = {} } = read.data.status;
  // An API server that knows nothing of audiences leaves them out, and then the token may be for anybody.
  if (!authenticated || !audiences.includes(audience)) return undefined;
  const name = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user.username ?? '');
  const [, namespace = '', serviceAccount = ''] = name ?? [];
  if (name === null) return undefined;
  const [pod] = user.extra?.[podName] ?? [];
  return {
    kind: 'serviceAccount',
    id: `${namespace}/${serviceAccount}`,
    namespace,
    claims: { namespace, serviceAccount, ...(pod === undefined ? {} : { pod }) },
  };
}

async function ask(api: KubeApi, review: object): Promise<KubeAnswer> {
  try {
    return await postToKube(api, '/apis/authentication.k8s.io/v1/tokenreviews', review);
  } catch (cause) {
    throw unavailable(api, cause instanceof Error ? cause.name : 'an error', cause);
  }
}

function unavailable({ server }: KubeApi, got: string, cause?: unknown): ValetkeyError {
  return new ValetkeyError('identity-unavailable', {
    field: server,
    expected: 'an answer to a TokenReview',
    got,
    hint: 'The service account of the service needs the ClusterRole system:auth-delegator.',
    cause,
  });
}
