/** Alerts and dashboard: their expressions are PromQL, and ask for metrics and labels that the issuer has. */
import { readFileSync, readdirSync } from 'node:fs';

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { aggregationsOf, errorsOf, groupingsOf, growthsOf, selectorsOf } from './promql.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook: string };
}

const { spec } = parse(read('infra/kustomize/overlays/monitoring/prometheus-rule.yaml')) as {
  readonly spec: { readonly groups: readonly { readonly rules: readonly Alert[] }[] };
};
const alerts = spec.groups.flatMap(({ rules }) => rules);
const { panels, templating } = JSON.parse(read('infra/kustomize/overlays/monitoring/dashboard.json')) as {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: string }[];
  };
};
const shown = panels.flatMap(({ title, targets }) =>
  targets.map(({ expr, legendFormat }) => ({
    title,
    expr: expr.replaceAll('$namespace', 'valetkey-system').replaceAll('$job', 'valetkey-issuer'),
    text: legendFormat,
  })),
);
const warned = alerts.map(({ alert, expr, annotations }) => ({
  title: alert,
  expr,
  text: Object.values(annotations).join('\n'),
}));

/** What a ServiceMonitor's scrape adds to every sample. */
const targetLabels = ['namespace', 'pod', 'service', 'endpoint', 'container', 'job', 'instance'];
/** Metrics of the process that Node's client adds, and the page does not list. */
const ofNode = [
  ['process_resident_memory_bytes', 'gauge'],
  ['process_cpu_seconds_total', 'counter'],
] as const;
// The issuer's tests compare the page with what it serves, labels included.
const metrics = new Map<string, { readonly type: string; readonly labels: readonly string[] }>([
  ...ofNode.map(([name, type]) => [name, { type, labels: [] }] as const),
  ...[...read('docs/reference/metrics.md').matchAll(/^\| `(\w+)`\s*\| (\w+)\s*\|([^|]*)\|/gm)].map(
    ([, name = '', type = '', labels = '']) =>
      [name, { type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label) }] as const,
  ),
]);

describe.each([...warned, ...shown])('$title: $expr', ({ expr, text }) => {
  test('is PromQL', () => {
    expect(errorsOf(expr)).toEqual([]);
  });

  test('asks for metrics that the issuer has, by labels that they have', () => {
    const asked = selectorsOf(expr);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter(({ metric }) => typeOf(metric) === undefined)).toEqual([]);
    expect(asked.flatMap(({ metric, labels }) => missing(metric, labels))).toEqual([]);
  });

  test('groups by labels that are there, and keeps those that its text names', () => {
    for (const { by, selectors } of aggregationsOf(expr)) {
      expect(selectors.flatMap(({ metric }) => missing(metric, by))).toEqual([]);
    }
    const named = [...text.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, label = '']) => label);
    const groupings = groupingsOf(expr);
    const kept = groupings.length > 0 ? groupings : selectorsOf(expr).map(({ metric }) => labelsOf(metric));
    for (const labels of kept) expect(named.filter((label) => !labels.includes(label))).toEqual([]);
  });

  test('takes the growth only of what only grows', () => {
    expect(growthsOf(expr).filter((metric) => typeOf(metric) === 'gauge')).toEqual([]);
  });
});

test('the checks find what is wrong', () => {
  expect(errorsOf('sum(rate(x[5m]) > 0')).not.toEqual([]);
  expect(selectorsOf('sum(rate(some_metric{a="b"}[5m])) > 0')).toEqual([
    { metric: 'some_metric', labels: ['a'] },
  ]);
  expect(groupingsOf('max(x) < 0 or sum by (a, namespace) (y)')).toEqual([[], ['a', 'namespace']]);
  expect(growthsOf('rate(a[5m]) + sum(increase(b{c="d"}[5m])) + e')).toEqual(['a', 'b']);
  expect(missing('valetkey_events_total', ['result', 'why', 'pod'])).toEqual(['valetkey_events_total{why}']);
});

test.each(readdirSync(new URL('alerts', import.meta.url)))(
  'the samples of %s are of metrics and labels that the issuer has',
  (file) => {
    const { tests } = parse(read(`tooling/infra/alerts/${file}`)) as {
      readonly tests: readonly { readonly input_series: readonly { readonly series: string }[] }[];
    };
    const samples = tests
      .flatMap(({ input_series: inputs }) => inputs.flatMap(({ series }) => selectorsOf(series)))
      // Prometheus' own, of every target.
      .filter(({ metric }) => metric !== 'up');
    expect(samples.length).toBeGreaterThan(0);
    for (const { metric, labels } of samples) {
      expect(typeOf(metric), metric).toBeDefined();
      expect(missing(metric, labels)).toEqual([]);
    }
  },
);

test('no metric has a label that the scrape would rename', () => {
  const taken = [...metrics].flatMap(([name, { labels }]) =>
    labels.filter((label) => targetLabels.includes(label)).map((label) => `${name}{${label}}`),
  );
  expect(taken).toEqual([]);
});

describe('the dashboard', () => {
  const queries = templating.list.filter(({ type }) => type === 'query');

  // The runtime's metrics are named as every controller names them, and Node's as every Node process does.
  test.each(shown)('$title: $expr is of one issuer, whatever else runs in its namespace', ({ expr }) => {
    for (const { labels } of selectorsOf(expr)) {
      expect(labels).toEqual(expect.arrayContaining(queries.map(({ name }) => name)));
    }
  });

  test.each(queries)('its $name is chosen from a metric that every issuer has', ({ name, query }) => {
    const [, selector = '', label] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
    expect(label).toBe(name);
    expect(errorsOf(selector.replaceAll('$namespace', 'valetkey-system'))).toEqual([]);
    expect(selectorsOf(selector).map(({ metric }) => metric)).toEqual(['valetkey_admission_policy_active']);
  });

  test('it is told apart by namespace and job', () => {
    expect(queries.map(({ name }) => name)).toEqual(['namespace', 'job']);
  });
});

describe('the alerts', () => {
  test.each(alerts)('$alert has a severity, a summary, a description, and waits', (alert) => {
    expect(alert.labels.severity).toMatch(/^(warning|critical)$/);
    expect(alert.annotations.summary).toMatch(/^[A-Z]/);
    expect(alert.annotations.description).toMatch(/\.$/);
    expect(alert.for).toMatch(/^\d+m$/);
  });

  test.each(alerts)('$alert keeps the issuers of one Prometheus apart', ({ expr }) => {
    expect(groupingsOf(expr).length).toBeGreaterThan(0);
    expect(groupingsOf(expr).filter((labels) => !labels.includes('namespace'))).toEqual([]);
  });

  test.each(alerts)('$alert leads to its section of the runbook', ({ alert, annotations }) => {
    const [page = '', anchor] = annotations.runbook.split('#');
    const headings = [...read(page).matchAll(/^## (\w+)$/gm)].map(([, heading = '']) => heading);
    expect(headings).toContain(alert);
    expect(anchor).toBe(alert.toLowerCase());
  });

  test('the runbook has a section for each, and for no other', () => {
    const sections = [...read('docs/guides/runbook.md').matchAll(/^## (Valetkey\w+)$/gm)].map(
      ([, name]) => name,
    );
    expect(sections).toEqual(alerts.map(({ alert }) => alert));
  });
});

function typeOf(metric: string): string | undefined {
  return metrics.get(metric.replace(/_bucket$/, ''))?.type;
}

function labelsOf(metric: string): readonly string[] {
  const own = metrics.get(metric.replace(/_bucket$/, ''))?.labels ?? [];
  return [...own, ...targetLabels, ...(metric.endsWith('_bucket') ? ['le'] : [])];
}

function missing(metric: string, labels: readonly string[]): readonly string[] {
  return labels.filter((label) => !labelsOf(metric).includes(label)).map((label) => `${metric}{${label}}`);
}
