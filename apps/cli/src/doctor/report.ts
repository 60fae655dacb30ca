/** How an examination is shown: rows as they come, then the sum of it. */
import { styleText } from 'node:util';

import type { Store } from '@valetkey/core';
import { printable } from '../printable.ts';
import type { Verdict } from './probe.ts';
import type { Examination, Row } from './run-doctor.ts';

const colours = { pass: 'green', fail: 'red', skip: 'yellow' } as const satisfies Record<Verdict, string>;
const nameWidth = 18;
const verdictWidth = 6;

/** Where the doctor was. */
export interface Place {
  readonly store: Store;
  readonly bucket: string;
  readonly folder: string;
}

/** One row, and the fix below it. */
export function toLines({ name, verdict, found, fix }: Row, colour: boolean): string {
  const word = verdict.padEnd(verdictWidth);
  const painted = colour ? styleText(colours[verdict], word, { validateStream: false }) : word;
  const line = `${painted}${name.padEnd(nameWidth)}${printable(found)}\n`;
  const indent = ' '.repeat(verdictWidth + nameWidth);
  return fix === undefined ? line : `${line}${indent}${printable(fix)}\n`;
}

/** How many of each, and what was not tried. */
export function toSum({ rows, notTried }: Examination): string {
  const count = (verdict: Verdict) => rows.filter((row) => row.verdict === verdict).length;
  const sum = `\n${count('pass')} passed, ${count('fail')} failed, ${count('skip')} skipped\n`;
  return notTried.length === 0 ? sum : `${sum}not tried: ${notTried.join(', ')}\n`;
}

/** Whether everything that was tried passed, and nothing was left out. */
export function isHealthy({ rows, notTried }: Examination): boolean {
  return notTried.length === 0 && rows.every(({ verdict }) => verdict !== 'fail');
}

/** For programs. */
export function toJson(examination: Examination, { store, bucket, folder }: Place): string {
  const { name, profile, publicEndpoint, region } = store;
  const where = { store: name, profile: profile.name, endpoint: publicEndpoint, region, bucket, folder };
  const checks = examination.rows.map(({ name, verdict, found, fix }) => ({ name, verdict, found, fix }));
  const { notTried } = examination;
  const json = { ...where, passed: isHealthy(examination), checks, notTried };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}
