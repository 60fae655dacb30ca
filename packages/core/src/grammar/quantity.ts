/**
 * Durations and sizes as people write them in YAML and on the command line.
 */
import { ValetkeyError } from '../errors.ts';
import { quote } from './quote.ts';

const durationPattern = /^(?=\d)(?:(\d{1,6})h)?(?:(\d{1,8})m)?(?:(\d{1,10})s)?$/;
const sizePattern = /^(\d{1,15})(Ki|Mi|Gi|Ti)?$/;
const sizeUnits = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;

/**
 * Seconds of a duration of hours, minutes and seconds: `90m`, `1h30m`, `168h`. No fractions, no days.
 * @throws ValetkeyError `invalid-lifetime`
 * @example
 * ```ts
 * parseDurationSeconds('1h30m', 'lifetime.max'); // 5400
 * ```
 * @public
 */
export function parseDurationSeconds(input: unknown, field: string): number {
  const match = typeof input === 'string' ? durationPattern.exec(input) : null;
  if (match === null) {
    throw new ValetkeyError('invalid-lifetime', {
      field,
      expected: 'hours, minutes and seconds such as 90m, 1h30m or 168h',
      got: quote(input),
    });
  }
  return Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
}

/**
 * Bytes of a size with a binary unit: `512`, `64Ki`, `5Mi`, `1Gi`.
 * @throws ValetkeyError `invalid-configuration`
 * @example
 * ```ts
 * parseSizeBytes('5Mi', 'upload.maxSize'); // 5242880
 * ```
 * @public
 */
export function parseSizeBytes(input: unknown, field: string): number {
  const text = typeof input === 'number' && Number.isInteger(input) ? String(input) : input;
  const match = typeof text === 'string' ? sizePattern.exec(text) : null;
  const bytes = match === null ? Number.NaN : Number(match[1]) * unitBytes(match[2]);
  if (!Number.isSafeInteger(bytes)) {
    throw new ValetkeyError('invalid-configuration', {
      field,
      expected: 'whole bytes with an optional unit Ki, Mi, Gi or Ti, such as 5Mi',
      got: quote(input),
    });
  }
  return bytes;
}

function unitBytes(unit: string | undefined): number {
  switch (unit) {
    case 'Ki':
    case 'Mi':
    case 'Gi':
    case 'Ti':
      return sizeUnits[unit];
    default:
      return 1;
  }
}
