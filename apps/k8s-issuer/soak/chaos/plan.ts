/** How much of everything a run does. */
export interface Plan {
  /** Shares with the shortest lifetime, which must be renewed through every fault. */
  readonly steadyShares: number;
  readonly sharesOnOneName: number;
  readonly badShares: number;
  readonly stopSeconds: number;
  readonly outageSeconds: number;
  readonly etcdPauseSeconds: number;
  readonly stormSeconds: number;
  /** Lies beyond what a test has time for. */
  readonly withHalfOpen: boolean;
  /** How wrong a replica's clock is, in seconds; each of these in turn. */
  readonly clockOffsetsSeconds: readonly number[];
  /** Every steady Share is to reach this revision before the end. */
  readonly revisions: number;
  readonly election: readonly string[];
  readonly changeMs: number;
  readonly barsCount: boolean;
}

/** What `npm test` has time for, on a machine that does other things as well. */
export const smokePlan: Plan = {
  steadyShares: 200,
  sharesOnOneName: 30,
  badShares: 200,
  stopSeconds: 8,
  outageSeconds: 3,
  etcdPauseSeconds: 3,
  stormSeconds: 5,
  withHalfOpen: false,
  clockOffsetsSeconds: [-60],
  revisions: 2,
  election: ['--lease-duration', '6s', '--renew-deadline', '4s', '--retry-period', '1s'],
  changeMs: 60_000,
  barsCount: false,
};

/** The whole: the issuer's own timings, and the sizes of the design's table. */
export const soakPlan: Plan = {
  steadyShares: 1_000,
  sharesOnOneName: 1_000,
  badShares: 2_000,
  stopSeconds: 60,
  outageSeconds: 30,
  etcdPauseSeconds: 15,
  stormSeconds: 20,
  withHalfOpen: true,
  clockOffsetsSeconds: [-60, 60],
  revisions: 3,
  election: ['--lease-duration', '15s', '--renew-deadline', '10s', '--retry-period', '2s'],
  changeMs: 10_000,
  barsCount: true,
};
