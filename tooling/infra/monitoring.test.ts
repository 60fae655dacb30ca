/** Alerts and dashboard: their expressions are PromQL, and ask for metrics that the issuer has. */
import { readFileSync } from 'node:fs';

import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

const { spec } = parse(read('infra/kustomize/overlays/monitoring/prometheus-rule.yaml')) as {
  readonly spec: { readonly groups: readonly { readonly rules: readonly Alert[] }[] };
};
const alerts = spec.groups.flatMap(({ rules }) => rules);
const { panels } = JSON.parse(read('infra/kustomize/overlays/monitoring/dashboard.json')) as {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
};
const shown = panels.flatMap(({ title, targets }) =>
  targets.map(({ expr }) => ({ title, expr: expr.replaceAll('$namespace', 'valetkey-system') })),
);
const documented = new Set(
  [...read('docs/reference/metrics.md').matchAll(/^\| `([a-z_]+)`/gm)].map(([, name = '']) => name),
);

describe.each([...alerts.map(({ alert, expr }) => ({ title: alert, expr })), ...shown])(
  '$title: $expr',
  ({ expr }) => {
    test('is PromQL', () => {
      expect(errorsOf(expr)).toEqual([]);
    });

    test('asks for metrics that the reference lists, or for Node’s own', () => {
      const unknown = metricsOf(expr).filter(
        (name) => !documented.has(name.replace(/_bucket$/, '')) && !name.startsWith('process_'),
      );
      expect(unknown).toEqual([]);
      expect(metricsOf(expr).length).toBeGreaterThan(0);
    });
  },
);

test('the check of PromQL finds what is none', () => {
  expect(errorsOf('sum(rate(x[5m]) > 0')).not.toEqual([]);
  expect(metricsOf('sum(rate(some_metric{a="b"}[5m])) > 0')).toEqual(['some_metric']);
});

describe('the alerts', () => {
  test.each(alerts)('$alert has a severity, a summary, a description, and waits', (alert) => {
    expect(alert.labels.severity).toMatch(/^(warning|critical)$/);
    expect(alert.annotations.summary).toMatch(/^[A-Z]/);
    expect(alert.annotations.description).toMatch(/\.$/);
    expect(alert.for).toMatch(/^\d+m$/);
  });

  test.each(alerts)('$alert keeps the issuers of one Prometheus apart', ({ expr }) => {
    expect(groupings(expr).length).toBeGreaterThan(0);
    expect(groupings(expr).filter((grouping) => !grouping.includes('namespace'))).toEqual([]);
  });

  test('the check of groupings finds a healthy issuer that hides another', () => {
    expect(groupings('max(x) < 0 or sum by (a, namespace) (y)')).toEqual(['', 'by (a, namespace)']);
  });

  test('the runbook has a section for each, and for no other', () => {
    const sections = [...read('docs/guides/runbook.md').matchAll(/^## (Valetkey\w+)$/gm)].map(
      ([, name]) => name,
    );
    expect(sections).toEqual(alerts.map(({ alert }) => alert));
  });
});

function errorsOf(expr: string): readonly string[] {
  const errors: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from }) => {
      if (type.isError) errors.push(`at ${from}`);
    },
  });
  return errors;
}

function metricsOf(expr: string): readonly string[] {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from, to }) => {
      if (type.name === 'Identifier' && metricPlace(expr, to)) names.push(expr.slice(from, to));
    },
  });
  return names;
}

/** How each aggregation of an expression groups. */
function groupings(expr: string): readonly string[] {
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, node }) => {
      if (type.name !== 'AggregateExpr') return;
      const modifier = node.getChild('AggregateModifier');
      found.push(modifier === null ? '' : expr.slice(modifier.from, modifier.to));
    },
  });
  return found;
}

/** A metric's name is followed by its labels, by a range or by the end of its expression, never by arguments. */
function metricPlace(expr: string, end: number): boolean {
  return !/^\s*\(/.test(expr.slice(end));
}
