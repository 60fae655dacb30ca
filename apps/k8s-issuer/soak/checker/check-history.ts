/** Judges a recorded history. It never asks the program under test, nor the cluster: it reads a file. */
import { readFileSync } from 'node:fs';

import { parseHistory, type HistoryRecord } from '../history/history-record.ts';
import { barsAreKept } from './bars-are-kept.ts';
import { deletedStaysDeleted } from './deleted-stays-deleted.ts';
import { deniedHasNoUrl } from './denied-has-no-url.ts';
import { expiryNeverMovesBack } from './expiry-never-moves-back.ts';
import { foreignSecretsUntouched } from './foreign-secrets-untouched.ts';
import { nothingLeaks } from './nothing-leaks.ts';
import { oneWriter } from './one-writer.ts';
import { readySecretsLive } from './ready-secrets-live.ts';
import { storesAcceptUntilExpiry } from './stores-accept-until-expiry.ts';
import { twoWritesPerRevision } from './two-writes-per-revision.ts';
import type { Patience, Verdict } from './verdict.ts';

const invariants = [
  readySecretsLive,
  expiryNeverMovesBack,
  foreignSecretsUntouched,
  oneWriter,
  deletedStaysDeleted,
  deniedHasNoUrl,
  storesAcceptUntilExpiry,
  twoWritesPerRevision,
  nothingLeaks,
  barsAreKept,
] as const;

/** A verdict for each invariant. `history` is in the order of time. */
export function checkHistory(history: readonly HistoryRecord[], patience: Patience): readonly Verdict[] {
  return invariants.map((invariant) => invariant(history, patience));
}

/** A verdict for each invariant, over what a run has written. */
export function checkFile(file: string, patience: Patience): readonly Verdict[] {
  return checkHistory(parseHistory(readFileSync(file, 'utf8')), patience);
}
