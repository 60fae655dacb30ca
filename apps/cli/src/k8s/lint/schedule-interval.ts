const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const named: Readonly<Record<string, number>> = {
  '@hourly': hour,
  '@daily': day,
  '@midnight': day,
  '@weekly': 7 * day,
};

/**
 * Seconds between two runs of a CronJob's schedule, for the schedules that repeat evenly by minute, hour or day;
 * undefined for every other.
 */
export function scheduleIntervalSeconds(schedule: string): number | undefined {
  const text = schedule.trim();
  const known = Object.hasOwn(named, text) ? named[text] : undefined;
  if (known !== undefined) return known;
  const [minutes = '', hours = '', ...rest] = text.split(/\s+/);
  if (rest.length !== 3 || rest.some((field) => field !== '*')) return undefined;
  if (hours === '*') return minutes === '*' ? minute : (stepOf(minutes, 60, minute) ?? fixed(minutes, hour));
  if (fixed(minutes, 0) === undefined) return undefined;
  return stepOf(hours, 24, hour) ?? fixed(hours, day);
}

/** An uneven step has a shorter last gap, so none is longer than the step. */
function stepOf(field: string, range: number, unit: number): number | undefined {
  const [, step = ''] = /^\*\/(\d{1,2})$/.exec(field) ?? [];
  return Number(step) >= 1 && Number(step) < range ? Number(step) * unit : undefined;
}

function fixed(field: string, seconds: number): number | undefined {
  return /^\d{1,2}$/.test(field) ? seconds : undefined;
}
