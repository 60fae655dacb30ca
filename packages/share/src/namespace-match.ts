import type { LabelSelector } from './v1alpha1/label-selector.ts';
import type { NamespaceSelection } from './v1alpha1/namespace-selection.ts';

/**
 * What a decision needs of a namespace.
 * @public
 */
export interface NamespaceFacts {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Being deleted: nothing may be written into it. */
  readonly terminating: boolean;
}

/** Whether a selection covers the namespace. Neither names nor a selector: it covers none. */
export function coversNamespace(selection: NamespaceSelection, namespace: NamespaceFacts): boolean {
  if (selection.names !== undefined) return selection.names.includes(namespace.name);
  return selection.selector !== undefined && selects(selection.selector, namespace.labels);
}

/** Kubernetes' label selector: every part must hold; an empty one selects everything. */
function selects(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const label = (key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  const named = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => label(key) === value);
  return (
    named &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = label(key);
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
      }
    })
  );
}
