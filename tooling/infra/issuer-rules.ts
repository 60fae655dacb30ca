/** What the issuer may do, taken from the kustomize base, and the same cut down to some namespaces. */
import { readFileSync } from 'node:fs';

import { parseAllDocuments } from 'yaml';

/** A rule of a Role or ClusterRole. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** Every list of rules that an installation may need. */
export interface IssuerRules {
  /** ClusterRole that serves every namespace. */
  readonly cluster: readonly Rule[];
  /** ClusterRole beside Roles: what has no namespace. */
  readonly readOnly: readonly Rule[];
  /** Role in each namespace that is served. */
  readonly namespaced: readonly Rule[];
  /** Role in the issuer's own namespace for the probe of the admission policy. */
  readonly probe: readonly Rule[];
  /** Added where Shares are served, when those that have ended are deleted. */
  readonly ended: readonly Rule[];
  /** Role in the issuer's own namespace for the Lease. */
  readonly lease: readonly Rule[];
}

const clusterScoped = /^(sharepolicies|clustersharestores)(\/|$)/;

/** Reads `infra/kustomize/base/rbac.yaml`. */
export function readIssuerRules(): IssuerRules {
  const cluster = rulesOf('ClusterRole', 'valetkey-issuer');
  return {
    cluster,
    readOnly: pick(cluster, (resource) => clusterScoped.test(resource) && !resource.includes('/')),
    namespaced: pick(cluster, (resource) => !clusterScoped.test(resource)).map(withoutWatch),
    probe: [{ apiGroups: [''], resources: ['secrets'], verbs: ['create'] }],
    ended: [{ apiGroups: ['valetkey.dev'], resources: ['shares'], verbs: ['delete'] }],
    lease: rulesOf('Role', 'valetkey-issuer-lease'),
  };
}

function rulesOf(kind: string, name: string): readonly Rule[] {
  const file = new URL('../../infra/kustomize/base/rbac.yaml', import.meta.url);
  for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) {
    if (document.get('kind') !== kind || document.getIn(['metadata', 'name']) !== name) continue;
    const { rules } = document.toJS() as { readonly rules: readonly Rule[] };
    return rules;
  }
  throw new Error(`infra/kustomize/base/rbac.yaml has no ${kind} ${name}`);
}

function pick(rules: readonly Rule[], takes: (resource: string) => boolean): readonly Rule[] {
  return rules
    .map((rule) => ({ ...rule, resources: rule.resources.filter(takes) }))
    .filter(({ resources }) => resources.length > 0);
}

/** A Namespace is read by its name: to list or watch them takes a right over the whole cluster. */
function withoutWatch(rule: Rule): Rule {
  return rule.resources.includes('namespaces') ? { ...rule, verbs: ['get'] } : rule;
}
