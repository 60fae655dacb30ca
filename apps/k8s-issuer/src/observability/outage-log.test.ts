import { expect, test } from 'vitest';

import { createManualTime } from '../../test/doubles/manual-time.ts';
import { createOutageLog } from './outage-log.ts';

const counted = 'more that fails alike is counted until the API server answers again';
const still = 'the API server still does not answer, or asks to come back later';

class Away extends Error {}

/** A log whose errors of class `Away` tell of an outage, of the kind that their message names. */
function start() {
  const time = createManualTime();
  const lines: (readonly [level: string, message: string, fields: object])[] = [];
  const write = (level: string) => (fields: object, message: string) =>
    void lines.push([level, message, fields]);
  const log = createOutageLog({
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    timers: time,
    kindOf: (error) => (error instanceof Away ? error.message : undefined),
  });
  const fail = (kind = 'refused') => log.warn({ err: new Away(kind) }, 'a watch failed');
  /** Fails ten times a second. */
  const failFor = async (seconds: number): Promise<void> => {
    for (let n = 0; n < seconds * 10; n += 1) {
      fail();
      await time.advance(100);
    }
  };
  return { time, lines, log, fail, failFor, told: () => lines.map(([, message]) => message) };
}

test('ten failures a second for twenty minutes are a line at the start and one per interval that doubles', async () => {
  const { lines, failFor } = start();
  await failFor(1_240);
  const [first, ...others] = lines;
  expect(first).toEqual(['warn', `a watch failed; ${counted}`, { err: new Away('refused') }]);
  expect(others.map(([level, message]) => [level, message])).toEqual(others.map(() => ['warn', still]));
  expect(others.map(([, , fields]) => fields)).toMatchObject(
    [10, 30, 70, 150, 310, 630, 1_230].map((seconds) => ({ seconds })),
  );
});

test('nothing that was held back is lost from the counts', async () => {
  const { time, lines, log, failFor } = start();
  await failFor(100);
  log.answered();
  await time.advance(10_000);
  const counts = lines.map(([, , fields]) => ('failures' in fields ? fields.failures : undefined));
  expect(lines.at(-1)).toEqual(['info', 'the API server answers again', { seconds: 100, failures: 1_000 }]);
  expect(counts.slice(1, -1)).toEqual([99, 200, 400]);
});

test('each kind of failure is told in full once, and what is no outage always', async () => {
  const { log, fail, told } = start();
  for (const kind of ['refused', 'refused', 'late', 'refused', 'late']) fail(kind);
  for (const share of ['a', 'b']) log.error({ share, err: new Error('no role') }, 'a visit failed');
  log.info({}, 'standing by');
  expect(told()).toEqual([
    `a watch failed; ${counted}`,
    `a watch failed; ${counted}`,
    'a visit failed',
    'a visit failed',
    'standing by',
  ]);
});

test('a server that answers one call and fails the next is not back', async () => {
  const { time, log, fail, told } = start();
  for (let n = 0; n < 60; n += 1) {
    fail();
    log.answered();
    await time.advance(1_000);
  }
  expect(told()).toEqual([`a watch failed; ${counted}`, still, still]);
  await time.advance(5_000);
  expect(told().at(-1)).toBe('the API server answers again');
});

test('silence alone is no answer', async () => {
  const { time, fail, told } = start();
  fail();
  await time.advance(60_000);
  expect(told()).toEqual([`a watch failed; ${counted}`]);
});

test('the next outage is told anew, and no timer is left after the last', async () => {
  const { time, log, fail, told } = start();
  for (let n = 0; n < 2; n += 1) {
    fail();
    await time.advance(1_000);
    log.answered();
    await time.advance(10_000);
  }
  const once = [`a watch failed; ${counted}`, 'the API server answers again'];
  expect(told()).toEqual([...once, ...once]);
});
