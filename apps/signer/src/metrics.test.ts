import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { createMetrics } from './metrics.ts';

const reference = new URL('../../../docs/reference/signer-metrics.md', import.meta.url);

test('the reference lists every metric with its type and labels, and no other', async () => {
  const metrics = createMetrics();
  metrics.answered({ route: '/livez', method: 'GET', status: 200, code: 'none', seconds: 0 });
  metrics.began()();
  metrics.authenticated({ kind: 'static', result: 'accepted', seconds: 0 });
  metrics.countsAlone(false);
  metrics.issued('files', 'download', 1);
  metrics.declared('files', 1);
  metrics.denied('files', 'forbidden');
  metrics.rateLimited('files', 'requests');
  metrics.countedAlone();
  metrics.reloaded('applied');
  metrics.storeCalled({ method: 'HEAD', status: '200', seconds: 0 });
  metrics.failed('store-unavailable');
  const { text } = await metrics.render();
  const served = [...text.matchAll(/^# TYPE (valetkey_\S+) (\S+)$/gm)].map(([, name = '', type]) => {
    const labels = new RegExp(`^${name}(?:_bucket)?\\{([^}]*)\\}`, 'm').exec(text)?.[1] ?? '';
    const names = [...labels.matchAll(/(\w+)="/g)].flatMap(([, label = '']) =>
      label === 'le' ? [] : [label],
    );
    return `${name} ${type} ${inOrder(names)}`.trim();
  });
  const rows = readFileSync(reference, 'utf8').matchAll(/^\| `(valetkey_\w+)` +\| (\w+) +\| ([^|]*?) *\|/gm);
  const documented = [...rows].map(([, name, type, labels = '']) =>
    `${name} ${type} ${inOrder(labels.replaceAll('`', '').split(', '))}`.trim(),
  );
  expect(documented).toEqual(served.toSorted((a, b) => a.localeCompare(b)));
});

function inOrder(labels: readonly string[]): string {
  return labels.toSorted((a, b) => a.localeCompare(b)).join(', ');
}
