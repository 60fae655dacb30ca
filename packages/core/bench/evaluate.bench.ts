/**
 * What a decision costs: twenty policies of one bucket, ten thousand of many, and the way from request to URL. Time on
 * the wall and of the processor; on a machine that does other work only the second says something of the code, so the
 * bars are for that.
 */
import {
  compilePolicy,
  createPolicySet,
  defineStore,
  evaluate,
  presign,
  type AccessRequest,
  type Policy,
} from '../src/index.ts';

const rounds = 7;
const calls = 20_000;
const store = defineStore({ name: 'media', profile: 'aws', region: 'eu-central-1' });
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const context = {
  nowMs: Date.parse('2026-11-24T12:00:00Z'),
  newUuid: () => '0b54b5a4-9f0e-4c6e-8f5a-2f6f8f6f8f6f',
};

function aPolicy(index: number, bucket: string, key = `folder-${index}/{sub}/{rest}`): Policy {
  return compilePolicy(
    {
      name: `p${index}`,
      subjects: [{ kind: 'user', claims: { aud: 'web' } }],
      stores: ['media'],
      buckets: [bucket],
      rule: { actions: ['download'], keys: [key], lifetime: { max: '1h' } },
    },
    'policy',
  );
}

const request = (index: number, bucket: string): AccessRequest => ({
  subject: { kind: 'user', id: 'ann', claims: { aud: 'web' } },
  store: 'media',
  bucket,
  method: 'GET',
  key: `folder-${index}/ann/photo.png`,
});

const twenty = createPolicySet(Array.from({ length: 20 }, (_, index) => aPolicy(index, 'user-media')));
const many = createPolicySet(
  Array.from({ length: 10_000 }, (_, index) => aPolicy(index, `bucket-${Math.floor(index / 20)}`)),
);
// Nothing tells these apart but the second folder, which no index looks at.
const alike = createPolicySet(
  Array.from({ length: 20 }, (_, index) => aPolicy(index, 'user-media', `{sub}/folder-${index}/{rest}`)),
);
const [last, oneOfMany] = [request(19, 'user-media'), request(9999, 'bucket-499')];

const twentyTimes = measure(() => evaluate(twenty, last, context).allowed);
const alikeTimes = measure(
  () => evaluate(alike, { ...last, key: 'ann/folder-19/photo.png' }, context).allowed,
);
const deniedTimes = measure(() => !evaluate(twenty, { ...last, key: 'nowhere/x' }, context).allowed);
const manyTimes = measure(() => evaluate(many, oneOfMany, context).allowed);
const thousand = timed(1, () => {
  for (let index = 0; index < 1000; index += 1) {
    const asked = { ...last, key: `folder-19/ann/${index}.png` };
    const evaluation = evaluate(twenty, asked, context);
    if (!evaluation.allowed) throw new Error('expected it to be allowed');
    presign(evaluation.grant, credentials, { store, nowMs: context.nowMs }).reveal();
  }
});

const rows = [
  { what: 'evaluate, 20 policies, hit on the last', unit: 'µs', times: twentyTimes, bar: 2 },
  {
    what: 'the same, folders that an index cannot tell apart',
    unit: 'µs',
    times: alikeTimes,
    bar: null,
  },
  {
    what: 'evaluate, 20 policies, denied with twenty reasons',
    unit: 'µs',
    times: deniedTimes,
    bar: null,
  },
  { what: 'evaluate, 10,000 policies by bucket', unit: 'µs', times: manyTimes, bar: 5 },
  { what: '1,000 requests to URLs', unit: 'ms', times: thousand, bar: 15 },
].map(({ times, bar, ...row }) => ({
  ...row,
  wall: Number(times.wall.toFixed(2)),
  processor: Number(times.processor.toFixed(2)),
  bar,
  verdict: verdictOf(times.processor, bar),
}));
console.table(rows);
console.log(JSON.stringify({ bench: 'evaluate', node: process.version, rows }));

interface Times {
  readonly wall: number;
  readonly processor: number;
}

/** Microseconds of one call. */
function measure(run: () => boolean): Times {
  const { wall, processor } = timed(calls, () => {
    for (let call = 0; call < calls; call += 1) if (!run()) throw new Error('expected it to be allowed');
  });
  return { wall: wall * 1000, processor: processor * 1000 };
}

/** Milliseconds of one of so many. */
function timed(count: number, run: () => void): Times {
  const taken = Array.from({ length: rounds }, () => {
    const [start, used] = [performance.now(), process.cpuUsage()];
    run();
    const { user, system } = process.cpuUsage(used);
    return { wall: (performance.now() - start) / count, processor: (user + system) / 1000 / count };
  });
  return {
    wall: median(taken.map(({ wall }) => wall)),
    processor: median(taken.map(({ processor }) => processor)),
  };
}

function verdictOf(value: number, bar: number | null): string {
  if (bar === null) return 'no bar';
  return value <= bar ? 'met' : 'NOT MET';
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}
