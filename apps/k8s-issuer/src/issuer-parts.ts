import type { Clock } from '@valetkey/core';

import type { IssuerOptions } from './config/options.ts';
import type { ClusterAccess } from './kube/cluster-access.ts';
import type { Log } from './observability/outage-log.ts';
import type { Timers } from './runtime/timer.ts';

/** What the process gives to the issuer. */
export interface IssuerParts {
  readonly options: IssuerOptions;
  readonly kubeconfig: ClusterAccess;
  /** Unique to this process. */
  readonly identity: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Whether the API server's time is believed where it contradicts `clock`; a test that moves time says no. */
  readonly doubtsClock: boolean;
  readonly timers: Timers;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly logger: Log;
}
