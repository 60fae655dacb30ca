import { expect, test } from 'vitest';

import { scheduleIntervalSeconds } from './schedule-interval.ts';

test.each<[string, number | undefined]>([
  ['* * * * *', 60],
  ['*/5 * * * *', 300],
  ['17 * * * *', 3600],
  ['0 */6 * * *', 21_600],
  ['30 4 * * *', 86_400],
  ['@hourly', 3600],
  ['@daily', 86_400],
  [' @weekly ', 604_800],
  ['0 4 * * 1', undefined],
  ['0,30 * * * *', undefined],
  ['*/0 * * * *', undefined],
  ['*/99 * * * *', undefined],
  ['* 4 * * *', undefined],
  ['@reboot', undefined],
  ['constructor', undefined],
  ['', undefined],
])('%j repeats every %s seconds', (schedule, seconds) => {
  expect(scheduleIntervalSeconds(schedule)).toBe(seconds);
});
