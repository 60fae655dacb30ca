/**
 * What the platform declared may have been stored before a rule existed. What is known of such an object is enough to
 * say so in its status; it allows nothing and signs nothing.
 */
import { ValetkeyError } from '@valetkey/core';
import type { z } from 'zod';
import type { PlatformFinding } from '../status/platform-status.ts';
import type { ClusterShareStore } from './cluster-share-store.ts';
import { objectMetaSchema, type ObjectMeta } from './object-meta.ts';
import { parseClusterShareStore, parseSharePolicy, parseShareStore } from './parse.ts';
import { sharePolicySchema, type SharePolicy } from './share-policy.ts';
import { storeStatusSchema, type ShareStore } from './share-store.ts';

/** Whose Shares a policy is about. */
const scopeSchema = sharePolicySchema.shape.spec.pick({ namespaces: true, stores: true, buckets: true });

interface InvalidObject<Kind extends string> {
  readonly kind: `Invalid${Kind}`;
  readonly metadata: ObjectMeta;
  readonly status?: z.output<typeof storeStatusSchema> | undefined;
  readonly finding: PlatformFinding;
}

/**
 * A SharePolicy whose spec breaks a rule.
 * @public
 */
export interface InvalidSharePolicy extends InvalidObject<'SharePolicy'> {
  /** Whose Shares it is about, where at least that can be read. */
  readonly scope?: Pick<SharePolicy['spec'], 'namespaces' | 'stores' | 'buckets'> | undefined;
}

/**
 * A store of either kind whose spec breaks a rule.
 * @public
 */
export type InvalidStore = InvalidObject<'ShareStore'> | InvalidObject<'ClusterShareStore'>;

/**
 * A SharePolicy with every default filled in, or what can be said of one that breaks a rule. A status that the issuer
 * cannot have written counts as none.
 * @throws ValetkeyError `invalid-configuration` when not even its name can be read
 * @public
 */
export function readSharePolicy(input: unknown): SharePolicy | InvalidSharePolicy {
  return readObject(input, parseSharePolicy, (said, spec) => {
    const scope = scopeSchema.safeParse(pickScope(spec));
    return { kind: 'InvalidSharePolicy', ...said, scope: scope.data };
  });
}

/**
 * A ShareStore with every default filled in, or what can be said of one that breaks a rule.
 * @throws ValetkeyError `invalid-configuration` when not even its name can be read
 * @public
 */
export function readShareStore(input: unknown): ShareStore | InvalidObject<'ShareStore'> {
  return readObject(input, parseShareStore, (said) => ({ kind: 'InvalidShareStore', ...said }));
}

/**
 * A ClusterShareStore with every default filled in, or what can be said of one that breaks a rule.
 * @throws ValetkeyError `invalid-configuration` when not even its name can be read
 * @public
 */
export function readClusterShareStore(
  input: unknown,
): ClusterShareStore | InvalidObject<'ClusterShareStore'> {
  return readObject(input, parseClusterShareStore, (said) => ({ kind: 'InvalidClusterShareStore', ...said }));
}

type Said = Omit<InvalidObject<string>, 'kind'>;

function readObject<Valid, Invalid>(
  input: unknown,
  parse: (input: unknown) => Valid,
  toInvalid: (said: Said, spec: unknown) => Invalid,
): Valid | Invalid {
  try {
    return parse(input);
  } catch (error) {
    if (!(error instanceof ValetkeyError) || typeof input !== 'object' || input === null) throw error;
    const metadata = objectMetaSchema.safeParse('metadata' in input ? input.metadata : undefined);
    if (!metadata.success) throw error;
    const status = storeStatusSchema.optional().safeParse('status' in input ? input.status : undefined);
    if (!status.success) return readObject({ ...input, status: undefined }, parse, toInvalid);
    const finding = { reason: 'InvalidSpec', message: error.message } as const;
    const said = { metadata: metadata.data, status: status.data, finding };
    return toInvalid(said, 'spec' in input ? input.spec : undefined);
  }
}

/** The schema knows no other field than these. */
function pickScope(spec: unknown): unknown {
  if (typeof spec !== 'object' || spec === null) return spec;
  const { namespaces, stores, buckets } = spec as Readonly<Record<string, unknown>>;
  return { namespaces, stores, buckets };
}
