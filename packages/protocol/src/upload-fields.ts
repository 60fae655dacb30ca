/** What bodies about uploads have in common. */
import { z } from 'zod';
import { algorithm } from './checksum-algorithm.ts';
import { problemSchema } from './problem.ts';

/** Items of one call. */
export const maxItems = 100;

/** The caller's own name for an item. */
export const ref = z.string().min(1).max(128);

/** The encrypted token of one upload. It travels in bodies only, never in a path. */
export const id = z.string().min(1).max(8192);

/** Base64. */
export const digest = z.string().max(64);

/** A digest and how it was made. */
export const checksumSchema = z.strictObject({ algorithm, value: digest });

/** S3's own numbering. */
export const partNumber = z.int().min(1).max(10_000);

/** An item that failed; the others stand. */
export const itemProblem = z.strictObject({ problem: problemSchema });
