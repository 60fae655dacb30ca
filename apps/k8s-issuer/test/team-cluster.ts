/** A control plane of a test file's own, with the platform on it and one team whose Shares it lets be published. */
import {
  controlPlane,
  requireEngine,
  startKubernetes,
  type ControlPlane,
  type ControlPlaneEngine,
} from '@valetkey/testbed';
import { inject } from 'vitest';

import { installBase } from './issuer-under-test.ts';
import { applyPlatform } from './share-fixtures.ts';
import { team, type Team } from './team.ts';

export interface TeamCluster {
  readonly engine: ControlPlaneEngine;
  readonly cluster: ControlPlane;
  readonly shares: Team;
}

/** Starts it; whoever started it stops its engine. */
export async function startTeamCluster(namespace: string, { withAudit = false } = {}): Promise<TeamCluster> {
  requireEngine(inject('engines'), 'kubernetes');
  const engine = await startKubernetes({ report: () => undefined, withAudit });
  const cluster = controlPlane(engine.description);
  await installBase(cluster);
  await applyPlatform(cluster);
  await cluster.createNamespace(namespace, { tier: 'ml' });
  const shares = team(cluster, namespace, {
    storeRef: { kind: 'ClusterShareStore', name: 'models' },
    bucket: 'models',
  });
  return { engine, cluster, shares };
}
