import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createManualTime, type ManualTime } from '../../test/doubles/manual-time.ts';
import { createMemoryLease, type LeaseFault, type MemoryLease } from '../../test/doubles/memory-lease.ts';
import { createElector, type Elector } from './leader-election.ts';
import type { Timers } from './timer.ts';

const times = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 };

/** A candidate in a process of its own, which can be stopped, killed, and have its clock set. */
interface Candidate {
  readonly name: string;
  readonly elector: Elector;
  readonly errors: unknown[];
  /** How its terms ended. After a lost one it is a candidate again. */
  readonly ends: string[];
  resign(): void;
  /** SIGSTOP: nothing runs any more, time passes. */
  pause(): void;
  /** SIGCONT: what fell due meanwhile runs now. */
  resume(): void;
  /** SIGKILL. */
  kill(): void;
  setClock(offsetMs: number): void;
  failNext(faults: readonly LeaseFault[]): void;
  /** No fault that was asked for happens any more. */
  mend(): void;
}

function startCandidate(name: string, world: ManualTime, server: MemoryLease, onLead: () => void): Candidate {
  const state = { paused: false, killed: false, offsetMs: 0 };
  const held: (() => void)[] = [];
  const faults: LeaseFault[] = [];
  const errors: unknown[] = [];
  const timers: Timers = {
    elapsedMs: () => world.elapsedMs(),
    setTimeout: (run, ms) =>
      world.setTimeout(() => {
        if (state.killed) return;
        if (state.paused) held.push(run);
        else run();
      }, ms),
  };
  const elector = createElector({
    lock: server.lockFor({ timers, nextFault: () => faults.shift() }),
    identity: name,
    times,
    clock: { now: () => world.now() + state.offsetMs },
    timers,
    random: () => 0.5,
    onError: (error) => errors.push(error),
  });
  const resignation = new AbortController();
  const ends: string[] = [];
  const lead = (signal: AbortSignal): Promise<void> => {
    onLead();
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve());
    });
  };
  const { signal } = resignation;
  const runTerms = async (): Promise<void> => {
    do ends.push(await elector.run({ signal, lead }));
    while (ends.at(-1) === 'lost');
  };
  void runTerms();
  return {
    name,
    elector,
    errors,
    ends,
    resign: () => resignation.abort(),
    pause: () => (state.paused = true),
    resume() {
      state.paused = false;
      for (const run of held.splice(0)) run();
    },
    kill: () => (state.killed = true),
    setClock: (offsetMs) => (state.offsetMs = offsetMs),
    failNext: (next) => faults.push(...next),
    mend: () => (faults.length = 0),
  };
}

function startWorld(names: readonly string[], latencyMs = () => 5) {
  const time = createManualTime(1_795_629_278_000);
  const server = createMemoryLease(latencyMs);
  const killed = new Set<string>();
  const elections: string[] = [];
  const twoLeaders: string[] = [];
  const leaders = (): string[] =>
    candidates.filter((it) => !killed.has(it.name) && it.elector.isLeader()).map((it) => it.name);
  const start = (name: string): Candidate =>
    startCandidate(name, time, server, () => {
      elections.push(name);
      if (leaders().length > 1) twoLeaders.push(leaders().join());
    });
  const candidates: Candidate[] = [];
  for (const name of names) candidates.push(start(name));
  const get = (name: string): Candidate => {
    const found = candidates.find((it) => it.name === name);
    if (found === undefined) throw new Error(`no candidate ${name}`);
    return found;
  };
  return {
    time,
    server,
    elections,
    twoLeaders,
    leaders,
    get,
    candidates,
    join: (name: string) => candidates.push(start(name)),
    kill: (name: string): void => {
      killed.add(name);
      get(name).kill();
    },
  };
}

test('one of several leads, and the Lease names it in MicroTime', async () => {
  const { time, leaders, server } = startWorld(['a', 'b', 'c']);
  await time.advance(30_000);
  expect(leaders()).toHaveLength(1);
  expect(server.current()?.record).toMatchObject({
    holderIdentity: leaders()[0],
    leaseDurationSeconds: 15,
    leaseTransitions: 0,
    renewTime: expect.stringMatching(/^2026-11-25T\d\d:\d\d:\d\d\.\d{6}Z$/),
  });
});

test('a killed leader has a successor within 17 seconds', async () => {
  const { time, leaders, kill } = startWorld(['a', 'b']);
  await time.advance(31_000);
  const [first = ''] = leaders();
  kill(first);
  await time.advance(17_000);
  expect(leaders()).toEqual([first === 'a' ? 'b' : 'a']);
});

test('a leader that resigns leaves the Lease free, and its successor leads in less than a second', async () => {
  const { time, leaders, get, server } = startWorld(['a', 'b']);
  await time.advance(5_000);
  const [first = ''] = leaders();
  get(first).resign();
  await time.advance(900);
  expect(get(first).ends).toEqual(['released']);
  expect(leaders()).toEqual([first === 'a' ? 'b' : 'a']);
  expect(server.current()?.record.leaseTransitions).toBe(1);
});

test('a stopped leader is none from its renew deadline on, before it can run again', async () => {
  const { time, leaders, get } = startWorld(['a', 'b']);
  await time.advance(5_000);
  const [first = ''] = leaders();
  get(first).pause();
  await time.advance(10_000);
  expect(get(first).elector.isLeader()).toBe(false);
  await time.advance(50_000);
  expect(leaders()).toEqual([first === 'a' ? 'b' : 'a']);
  get(first).resume();
  expect(get(first).elector.isLeader()).toBe(false);
  await time.advance(1_000);
  expect(get(first).ends).toEqual(['lost']);
});

test('a renewal whose answer is lost is found again and costs nothing', async () => {
  const { time, leaders, get, elections } = startWorld(['a', 'b']);
  await time.advance(5_000);
  const [first = ''] = leaders();
  get(first).failNext(['lost-answer']);
  await time.advance(60_000);
  expect(leaders()).toEqual([first]);
  expect(elections).toEqual([first]);
  expect(get(first).errors).toHaveLength(1);
});

test('a server that is away for 30 seconds costs a term, and leads nobody; after it somebody does at once', async () => {
  const { time, leaders, candidates, twoLeaders } = startWorld(['a', 'b']);
  await time.advance(5_000);
  for (const candidate of candidates) {
    candidate.failNext(Array.from({ length: 1_000 }, () => 'refused' as const));
  }
  await time.advance(30_000);
  expect(leaders()).toEqual([]);
  for (const candidate of candidates) candidate.mend();
  await time.advance(1_000);
  expect([leaders().length, twoLeaders]).toEqual([1, []]);
});

test('a leader that cannot renew stops by its deadline, before anybody else may begin', async () => {
  const { time, leaders, get, elections, twoLeaders } = startWorld(['a', 'b']);
  await time.advance(5_000);
  const [first = ''] = leaders();
  get(first).failNext(Array.from({ length: 30 }, () => 'refused' as const));
  await time.advance(12_000);
  expect(get(first).elector.isLeader()).toBe(false);
  expect(get(first).ends).toEqual(['lost']);
  await time.advance(8_000);
  expect([elections.length, twoLeaders]).toEqual([2, []]);
});

test.each([
  [
    'renewed in 2099',
    { renewTime: '2099-01-01T00:00:00.000000Z', acquireTime: '2099-01-01T00:00:00.000000Z' },
  ],
  ['renewed in 1970', { renewTime: '1970-01-01T00:00:00.000000Z' }],
  ['no time at all', { renewTime: '', acquireTime: 'soon' }],
  ['a duration of 68 years', { leaseDurationSeconds: 2 ** 31 - 1 }],
  ['a negative duration', { leaseDurationSeconds: -1 }],
  ['the largest count of transitions', { leaseTransitions: 2 ** 31 - 1 }],
])('a Lease edited to %s keeps its leader, and its leader’s death has an end', async (_what, change) => {
  const { time, server, leaders, elections, twoLeaders, kill } = startWorld(['a', 'b']);
  await time.advance(5_000);
  const [first = ''] = leaders();
  server.edit(change);
  await time.advance(60_000);
  expect(leaders()).toEqual([first]);
  kill(first);
  server.edit(change);
  await time.advance(301_000);
  expect([leaders().length, elections.length, twoLeaders]).toEqual([1, 2, []]);
});

test('a Lease edited to another holder ends the leader’s term; then that holder is waited for', async () => {
  const { time, server, leaders, elections, candidates } = startWorld(['a', 'b']);
  await time.advance(5_000);
  server.edit({ holderIdentity: 'intruder' });
  await time.advance(3_000);
  expect(leaders()).toEqual([]);
  expect(candidates.flatMap(({ ends }) => ends)).toEqual(['taken']);
  await time.advance(15_000);
  expect([leaders().length, elections.length]).toEqual([1, 2]);
});

test('a deleted Lease comes back with its leader, and nobody takes it in between', async () => {
  const { time, server, leaders, elections, get } = startWorld(['a', 'b']);
  await time.advance(5_000);
  server.remove();
  await time.advance(3_000);
  expect(server.current()?.record.holderIdentity).toBe(leaders()[0]);
  expect(elections).toHaveLength(1);
  get(leaders()[0] ?? '').resign();
  await time.advance(1_000);
  expect(leaders()).toHaveLength(1);
});

test('a Lease left by a process of before is taken once nobody has renewed it for its duration', async () => {
  const world = startWorld(['a']);
  await world.time.advance(1_000);
  world.kill('a');
  await world.time.advance(600_000);
  world.join('b');
  await world.time.advance(14_000);
  expect(world.leaders()).toEqual([]);
  await world.time.advance(2_000);
  expect(world.leaders()).toEqual(['b']);
});

test('a candidate that resigns before it was elected ends, and leaves no timer', async () => {
  const { time, get } = startWorld(['a']);
  get('a').resign();
  await time.advance(20_000);
  expect(get('a').ends).toEqual(['released']);
  expect(time.armed()).toBe(0);
});

const names = ['a', 'b', 'c'] as const;
const who = fc.constantFrom(...names);
const trouble = fc.oneof(
  fc.record({ kind: fc.constant('pause' as const), who }),
  fc.record({ kind: fc.constant('resume' as const), who }),
  fc.record({ kind: fc.constant('clock' as const), who, ms: fc.integer({ min: -1e9, max: 1e9 }) }),
  fc.record({
    kind: fc.constant('fail' as const),
    who,
    faults: fc.array(fc.constantFrom<LeaseFault>('lost-answer', 'refused', 'hangs'), { maxLength: 12 }),
  }),
  fc.record({ kind: fc.constant('resign' as const), who }),
  fc.record({ kind: fc.constant('year-2099' as const), who }),
);
type Trouble = typeof trouble extends fc.Arbitrary<infer T> ? T : never;
// Mostly fast: a network that is slow throughout hides overlaps of a second.
const latencies = fc.array(fc.constantFrom(1, 1, 5, 20, 20, 300, 3_000), { minLength: 1, maxLength: 7 });
const history = fc.array(fc.tuple(trouble, fc.integer({ min: 0, max: 20_000 })), { maxLength: 16 });

function strike({ get, server }: ReturnType<typeof startWorld>, it: Trouble): void {
  if (it.kind === 'pause') get(it.who).pause();
  else if (it.kind === 'resume') get(it.who).resume();
  else if (it.kind === 'clock') get(it.who).setClock(it.ms);
  else if (it.kind === 'fail') get(it.who).failNext(it.faults);
  else if (it.kind === 'resign') get(it.who).resign();
  else server.edit({ renewTime: '2099-01-01T00:00:00.000000Z' });
}

/** The renewal between two edits that say the same is told after the second of them. */
const recordPutBack: [Trouble, number][] = [
  [{ kind: 'resume', who: 'a' }, 15_305],
  [{ kind: 'year-2099', who: 'a' }, 7_903],
  [{ kind: 'year-2099', who: 'a' }, 2_302],
];

test('whatever happens, never do two lead at one instant, and in the end somebody does', async () => {
  await fc.assert(
    fc.asyncProperty(history, latencies, async (steps, delays) => {
      let calls = 0;
      let isCalm = false;
      const world = startWorld(names, () => (isCalm ? 5 : (delays[(calls += 1) % delays.length] ?? 0)));
      for (const [it, ms] of steps) {
        strike(world, it);
        await world.time.advance(ms);
      }
      isCalm = true;
      for (const candidate of world.candidates) candidate.resume();
      world.join('d');
      await world.time.advance(120_000);
      expect(world.twoLeaders).toEqual([]);
      expect(world.leaders()).toHaveLength(1);
    }),
    { numRuns: 150, examples: [[recordPutBack, [300, 1, 300, 1, 1, 3_000, 1]]] },
  );
});
