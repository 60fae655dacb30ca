import { describe, expect, test } from 'vitest';
import { coversNamespace } from './namespace-match.ts';
import type { NamespaceSelection } from './v1alpha1/namespace-selection.ts';

const namespace = { name: 'vision', labels: { tier: 'ml', empty: '' }, terminating: false };
const expression = (
  key: string,
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist',
  values?: string[],
): NamespaceSelection => ({
  selector: { matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }] },
});

// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
const cases: readonly [title: string, selection: NamespaceSelection, covered: boolean][] = [
  ['neither names nor a selector', {}, false],
  ['an empty list of names', { names: [] }, false],
  ['its name', { names: ['audio', 'vision'] }, true],
  ['a name that only begins like it', { names: ['vision2'] }, false],
  ['an empty selector', { selector: {} }, true],
  ['its label', { selector: { matchLabels: { tier: 'ml' } } }, true],
  ['one label right and one wrong', { selector: { matchLabels: { tier: 'ml', team: 'a' } } }, false],
  ['a label that every object inherits', { selector: { matchLabels: { constructor: '' } } }, false],
  ['In with its value', expression('tier', 'In', ['web', 'ml']), true],
  ['In without its value', expression('tier', 'In', ['web']), false],
  ['In for a label it has not', expression('team', 'In', ['']), false],
  ['NotIn with its value', expression('tier', 'NotIn', ['ml']), false],
  ['NotIn for a label it has not', expression('team', 'NotIn', ['a']), true],
  ['Exists for a label with an empty value', expression('empty', 'Exists'), true],
  ['Exists for a label that every object inherits', expression('toString', 'Exists'), false],
  ['DoesNotExist for its label', expression('tier', 'DoesNotExist'), false],
  ['DoesNotExist for a label it has not', expression('team', 'DoesNotExist'), true],
];

describe('the namespace vision with tier=ml and', () => {
  test.each(cases)('%s', (_title, selection, covered) => {
    expect(coversNamespace(selection, namespace)).toBe(covered);
  });
});
