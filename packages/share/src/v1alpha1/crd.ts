import type { z } from 'zod';
import { apiGroup } from './api.ts';
import { clusterShareStoreSchema } from './cluster-share-store.ts';
import { sharePolicySchema } from './share-policy.ts';
import { shareStoreSchema } from './share-store.ts';
import { shareSchema } from './share.ts';
import { toStructuralSchema, type JsonObject } from './structural-schema.ts';

interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly priority?: 1;
  readonly description?: string;
}

interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly shortName: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly description: string;
  readonly schema: z.ZodType;
  readonly columns: readonly Column[];
  readonly selectableFields?: readonly string[];
}

const age: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
const ready: Column = {
  name: 'Ready',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].status',
};
const reason: Column = {
  name: 'Reason',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
  priority: 1,
};
const text = (name: string, jsonPath: string): Column => ({ name, type: 'string', jsonPath });
const wide = (column: Column): Column => ({ ...column, priority: 1 });

const storeColumns: readonly Column[] = [
  text('Profile', '.spec.profile'),
  text('Region', '.spec.region'),
  ready,
  age,
  wide(text('Endpoint', '.spec.endpoint')),
  reason,
];

const kinds: readonly Kind[] = [
  {
    kind: 'Share',
    plural: 'shares',
    shortName: 'shr',
    scope: 'Namespaced',
    description: 'A declared set of presigned URLs that the issuer keeps valid in one Secret.',
    schema: shareSchema,
    columns: [
      ready,
      text('Secret', '.status.secretRef.name'),
      { name: 'Objects', type: 'integer', jsonPath: '.status.objectCount' },
      // A date column shows how long ago something was and cannot show the future.
      text('Expires', '.status.expirationTime'),
      text('Clamped', '.status.clampedBy'),
      age,
      wide(text('Store', '.spec.storeRef.name')),
      wide(text('Policy', '.status.policyRef.name')),
      wide(text('Renews', '.status.renewalTime')),
      wide({ name: 'Revision', type: 'integer', jsonPath: '.status.revision' }),
      reason,
    ],
    selectableFields: ['.spec.storeRef.name', '.spec.target.secretName'],
  },
  {
    kind: 'SharePolicy',
    plural: 'sharepolicies',
    shortName: 'shpol',
    scope: 'Cluster',
    description:
      'Who may share what: namespaces, stores, buckets, keys, actions and limits. Policies only allow.',
    schema: sharePolicySchema,
    columns: [
      text('Buckets', '.spec.buckets'),
      text('Actions', '.spec.actions'),
      text('Max', '.spec.lifetime.max'),
      { name: 'Matched', type: 'integer', jsonPath: '.status.matchedShares' },
      { name: 'Denied', type: 'integer', jsonPath: '.status.deniedShares' },
      ready,
      age,
      reason,
    ],
  },
  {
    kind: 'ShareStore',
    plural: 'sharestores',
    shortName: 'shst',
    scope: 'Namespaced',
    description: 'An S3-compatible store whose static credentials lie in a Secret of the same namespace.',
    schema: shareStoreSchema,
    columns: storeColumns,
  },
  {
    kind: 'ClusterShareStore',
    plural: 'clustersharestores',
    shortName: 'cshst',
    scope: 'Cluster',
    description: "The platform's S3-compatible store, for the namespaces it allows.",
    schema: clusterShareStoreSchema,
    columns: storeColumns,
  },
];

/**
 * The CustomResourceDefinitions of the four kinds, ready for the API server.
 * @internal
 */
export function toCustomResourceDefinitions(): readonly JsonObject[] {
  return kinds.map(toDefinition);
}

function toDefinition(kind: Kind): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.plural}.${apiGroup}` },
    spec: {
      group: apiGroup,
      scope: kind.scope,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.kind.toLowerCase(),
        shortNames: [kind.shortName],
        categories: ['valetkey'],
      },
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: kind.columns,
          ...(kind.selectableFields === undefined
            ? {}
            : { selectableFields: kind.selectableFields.map((jsonPath) => ({ jsonPath })) }),
          schema: { openAPIV3Schema: toStructuralSchema(kind.schema, kind.description) },
        },
      ],
    },
  };
}
