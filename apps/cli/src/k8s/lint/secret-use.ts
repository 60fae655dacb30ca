/** Where Pods read the Secret of a Share in a way that is never updated. */
import { formatDuration } from '../span.ts';
import type { PodTemplate } from './pod-template.ts';
import type { LintWarning } from './warning.ts';

/** What is known of the Secret of a Share. */
export interface SharedSecret {
  readonly share: string;
  readonly namespace: string;
  readonly secretName: string;
  /** The least that a URL has left when it is read, in seconds. */
  readonly leastLeftSeconds: number | undefined;
}

type Found = Omit<LintWarning, 'place'>;

/** Warnings about one workload. */
export function lintSecretUse(pods: PodTemplate, secrets: readonly SharedSecret[]): readonly Found[] {
  const find = (name: string | undefined) =>
    secrets.find(({ namespace, secretName }) => namespace === pods.namespace && secretName === name);
  return [...lintMounts(pods, find), ...lintEnvironment(pods, find)];
}

type Find = (name: string | undefined) => SharedSecret | undefined;

function lintMounts({ name, containers, volumes }: PodTemplate, find: Find): readonly Found[] {
  const shared = new Map(
    volumes.flatMap((volume) => {
      const names = [
        volume.secret?.secretName,
        ...(volume.projected?.sources ?? []).map(({ secret }) => secret?.name),
      ];
      const secret = names.map(find).find((found) => found !== undefined);
      return secret === undefined ? [] : [[volume.name, secret] as const];
    }),
  );
  return containers.flatMap((container) =>
    container.volumeMounts.flatMap(({ name: volume, subPath, subPathExpr }) => {
      const secret = shared.get(volume);
      const path = subPath ?? subPathExpr ?? '';
      if (secret === undefined || path === '') return [];
      return [
        {
          object: name,
          code: 'secret-sub-path' as const,
          message: `container ${container.name} mounts ${path} of the Secret ${secret.secretName}, which Share ${secret.share} renews`,
        },
      ];
    }),
  );
}

function lintEnvironment(pods: PodTemplate, find: Find): readonly Found[] {
  return pods.containers.flatMap((container) => {
    const uses = [
      ...container.env.map(({ name, valueFrom }) => ({
        what: name,
        secret: find(valueFrom?.secretKeyRef?.name),
      })),
      ...container.envFrom.map(({ secretRef }) => ({ what: 'envFrom', secret: find(secretRef?.name) })),
    ];
    return uses.flatMap(({ what, secret }) =>
      secret === undefined ? [] : toEnvironmentWarning(pods, `container ${container.name}, ${what}`, secret),
    );
  });
}

/** A Pod that surely ends before its URL does may as well read the environment. */
function toEnvironmentWarning(
  { name, restarts, endsWithinSeconds }: PodTemplate,
  where: string,
  { secretName, share, leastLeftSeconds }: SharedSecret,
): readonly Found[] {
  const from = `${where}: from the Secret ${secretName}, which Share ${share} renews`;
  if (endsWithinSeconds === undefined || leastLeftSeconds === undefined) {
    const until = restarts
      ? 'it is read anew only when the container starts again'
      : 'it is read once, for the Pod never starts it again';
    return [{ object: name, code: 'secret-in-environment', message: `${from}; ${until}` }];
  }
  if (endsWithinSeconds <= leastLeftSeconds) return [];
  const ends = formatDuration(endsWithinSeconds * 1000);
  const left = formatDuration(leastLeftSeconds * 1000);
  const message = `${from}; it may run ${ends}, and the URL may have only ${left} left when it begins`;
  return [{ object: name, code: 'outlives-its-url', message }];
}
