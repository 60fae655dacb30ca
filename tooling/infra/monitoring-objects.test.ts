/** ServiceMonitor and PrometheusRule on an API server that has the Prometheus Operator's own schemas. */
import path from 'node:path';

import {
  controlPlane,
  requireEngine,
  startKubernetes,
  type ApiAnswer,
  type ControlPlane,
  type ControlPlaneEngine,
} from '@valetkey/testbed';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { renderChart, renderKustomize, type Manifest } from './rendered.ts';

const group = 'monitoring.coreos.com';
const { program: helm } = requireEngine(inject('engines'), 'helm');
const { crds } = requireEngine(inject('engines'), 'prometheus');
const on = { enabled: true };

let engine: ControlPlaneEngine;
let cluster: ControlPlane;

beforeAll(async () => {
  engine = await startKubernetes({ report: () => undefined });
  cluster = controlPlane(engine.description);
  await cluster.createNamespace('valetkey-system');
  for (const plural of ['servicemonitors', 'prometheusrules']) {
    await cluster.kubectl('apply', '--server-side', '-f', path.join(crds, `${group}_${plural}.yaml`));
  }
  await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
});
afterAll(() => engine.stop());

describe.each<[string, () => Promise<readonly Manifest[]>]>([
  ['the overlay', () => renderKustomize(engine.description.kubectl, 'overlays/monitoring')],
  [
    'the chart',
    () => renderChart(helm, { monitoring: { serviceMonitor: on, prometheusRule: on, dashboard: on } }),
  ],
  [
    'the chart with every value',
    () => {
      const labels = { release: 'prometheus' };
      const monitoring = {
        serviceMonitor: { ...on, interval: '1m', labels },
        prometheusRule: { ...on, labels },
      };
      return renderChart(helm, { name: 'keys', monitoring });
    },
  ],
])('%s', (_, render) => {
  test('its ServiceMonitor and PrometheusRule are taken as they are, nothing unknown, nothing dropped', async () => {
    const objects = (await render()).filter(({ apiVersion }) => apiVersion.startsWith(group));
    expect(objects.map(({ kind }) => kind).toSorted()).toEqual(['PrometheusRule', 'ServiceMonitor']);
    for (const object of objects) {
      const { status, body } = await applyStrictly(object);
      expect({ status, body }).toMatchObject({ status: 201, body: { metadata: object.metadata } });
      expect(body).toHaveProperty('spec', object['spec']);
    }
    await Promise.all(objects.map(remove));
  });
});

test.each([
  ['a field that does not exist', { endpoints: [], selector: {}, intervall: '30s' }],
  ['an interval that is none', { endpoints: [{ port: 'http', interval: '30' }], selector: {} }],
])('%s would be refused', async (_, spec) => {
  const metadata = { name: 'planted', namespace: 'valetkey-system' };
  const answer = await applyStrictly({ apiVersion: `${group}/v1`, kind: 'ServiceMonitor', metadata, spec });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(JSON.stringify(answer.body)).toContain('interval');
});

function applyStrictly(object: Manifest): Promise<ApiAnswer> {
  const parameters = 'fieldManager=test&force=true&fieldValidation=Strict';
  return cluster.request('PATCH', `${pathOf(object)}?${parameters}`, object, {
    contentType: 'application/apply-patch+yaml',
  });
}

async function remove(object: Manifest): Promise<void> {
  expect(await cluster.request('DELETE', pathOf(object))).toMatchObject({ status: 200 });
}

function pathOf({ apiVersion, kind, metadata }: Manifest): string {
  return `/apis/${apiVersion}/namespaces/${metadata.namespace}/${kind.toLowerCase()}s/${metadata.name}`;
}
