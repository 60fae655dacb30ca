/** The part of Kubernetes' workloads that says how a Secret is read. Everything else is passed over. */
import { z } from 'zod';

const keyRefSchema = z.object({ name: z.string().optional() });
const containerSchema = z.object({
  name: z.string().default('?'),
  env: z
    .array(
      z.object({
        name: z.string().default('?'),
        valueFrom: z.object({ secretKeyRef: keyRefSchema.optional() }).optional(),
      }),
    )
    .default([]),
  envFrom: z.array(z.object({ secretRef: keyRefSchema.optional() })).default([]),
  volumeMounts: z
    .array(
      z.object({
        name: z.string(),
        subPath: z.string().optional(),
        subPathExpr: z.string().optional(),
      }),
    )
    .default([]),
});
const volumeSchema = z.object({
  name: z.string(),
  secret: z.object({ secretName: z.string().optional() }).optional(),
  projected: z
    .object({ sources: z.array(z.object({ secret: keyRefSchema.optional() })).default([]) })
    .optional(),
});
const podSchema = z.object({
  containers: z.array(containerSchema).default([]),
  initContainers: z.array(containerSchema).default([]),
  volumes: z.array(volumeSchema).default([]),
  restartPolicy: z.string().default('Always'),
  activeDeadlineSeconds: z.number().optional(),
});
const templateSchema = z.object({ spec: podSchema });
const jobSchema = z.object({ template: templateSchema, activeDeadlineSeconds: z.number().optional() });
const metadataSchema = z.object({ name: z.string().default('?'), namespace: z.string().default('default') });
const replicatedKinds = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
] as const;

const workloadSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('Pod'), metadata: metadataSchema, spec: podSchema }),
  z.object({
    kind: z.enum(replicatedKinds),
    metadata: metadataSchema,
    spec: z.object({ template: templateSchema }),
  }),
  z.object({ kind: z.literal('Job'), metadata: metadataSchema, spec: jobSchema }),
  z.object({
    kind: z.literal('CronJob'),
    metadata: metadataSchema,
    spec: z.object({
      schedule: z.string(),
      concurrencyPolicy: z.string().default('Allow'),
      jobTemplate: z.object({ spec: jobSchema }),
    }),
  }),
]);

type Container = z.output<typeof containerSchema>;

/** Pods as some workload makes them. */
export interface PodTemplate {
  /** `Deployment vision/reader` */
  readonly name: string;
  readonly namespace: string;
  readonly containers: readonly Container[];
  readonly volumes: readonly z.output<typeof volumeSchema>[];
  /** Whether a container that ended starts again, and with it reads its environment anew. */
  readonly restarts: boolean;
  /** Seconds after which the Pod is ended for certain; absent: it may run for ever. */
  readonly endsWithinSeconds: number | undefined;
}

/** The Pods of a workload, or nothing where the object is none, or is not one that the API server would take. */
export function toPodTemplate(
  object: unknown,
  intervalOf: (schedule: string) => number | undefined,
): PodTemplate | undefined {
  const { data: workload } = workloadSchema.safeParse(object);
  if (workload === undefined) return undefined;
  const { kind, metadata } = workload;
  const base = { name: `${kind} ${metadata.namespace}/${metadata.name}`, namespace: metadata.namespace };
  switch (workload.kind) {
    case 'Pod':
      return { ...base, ...toPod(workload.spec, undefined) };
    case 'Job':
      return { ...base, ...toPod(workload.spec.template.spec, workload.spec.activeDeadlineSeconds) };
    case 'CronJob': {
      const { jobTemplate, schedule, concurrencyPolicy } = workload.spec;
      // The next run ends the one before it.
      const replaced = concurrencyPolicy === 'Replace' ? intervalOf(schedule) : undefined;
      const { template, activeDeadlineSeconds } = jobTemplate.spec;
      return { ...base, ...toPod(template.spec, earliest(activeDeadlineSeconds, replaced)) };
    }
    default:
      return { ...base, ...toPod(workload.spec.template.spec, undefined) };
  }
}

function toPod(spec: z.output<typeof podSchema>, ofJob: number | undefined) {
  return {
    containers: [...spec.initContainers, ...spec.containers],
    volumes: spec.volumes,
    restarts: spec.restartPolicy !== 'Never',
    endsWithinSeconds: earliest(ofJob, spec.activeDeadlineSeconds),
  };
}

function earliest(...seconds: readonly (number | undefined)[]): number | undefined {
  const given = seconds.filter((one) => one !== undefined);
  return given.length === 0 ? undefined : Math.min(...given);
}
