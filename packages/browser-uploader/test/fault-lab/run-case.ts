/** One fault, one mode, one store: what the page was told beside what the store holds. */
import type { LabFault, Mode } from './faults.ts';
import type { Lab, Told } from './lab.ts';
import { clearUploads, heldBy, openUploads } from './oracle.ts';
import { createSource } from './source.ts';

const sizes = { put: 3 * 2 ** 20, multipart: 12 * 2 ** 20 } as const;
/** Uploads that were given up may be cleared away a little later. */
const settleMs = 3000;

/** What came of a case. */
export interface Outcome {
  readonly fault: string;
  readonly mode: Mode;
  readonly store: string;
  /** `success`, or the code that the page was told. */
  readonly outcome: string;
  readonly message: string;
  /** A success whose object is not the source, or a success where there is none: must never be. */
  readonly isFalse: boolean;
  readonly isAsExpected: boolean;
  /** A fault of requests struck at least one. */
  readonly isStruck: boolean;
  readonly orphans: number;
  readonly signingCalls: number;
  /** Bytes that the store was sent, over the size of the file. */
  readonly sentOverSize: number;
  /** From the removal of the fault, or from the start where it ends by itself, to the end of the upload. */
  readonly secondsToEnd: number;
}

/** Runs a case; the laboratory is as before afterwards. */
export async function runCase(lab: Lab, fault: LabFault, mode: Mode): Promise<Outcome> {
  const source = createSource(sizes[mode]);
  const name = `${source.sha256.slice(0, 16)}.bin`;
  const before = { calls: callsTo(lab), strikes: strikesOf(lab), bytes: lab.store.receivedBytes('PUT') };
  let removedMs = performance.now();
  try {
    // What strikes in the middle of an upload waits for it, so both begin together.
    const struck = (async () => {
      await fault.strike(lab, mode);
      removedMs = performance.now();
    })();
    const told = await lab.upload(source, name, { resumes: fault.resumes === true });
    await struck;
    const endMs = performance.now();
    const held = await heldBy(lab.s3, lab.bucket, name);
    const outcome = told.kind === 'success' ? 'success' : told.code;
    return {
      fault: fault.name,
      mode,
      store: lab.s3.name,
      outcome,
      message: told.kind === 'success' ? '' : told.message,
      isFalse:
        told.kind === 'success' &&
        !held.some(
          ({ key, bytes, sha256 }) =>
            key === told.key && bytes === source.content.byteLength && sha256 === source.sha256,
        ),
      isAsExpected: isExpected(fault, told),
      isStruck: !fault.isOfRequests || strikesOf(lab) > before.strikes,
      orphans: await settledOrphans(lab, name),
      signingCalls: callsTo(lab) - before.calls,
      sentOverSize:
        Math.round(((lab.store.receivedBytes('PUT') - before.bytes) / source.content.byteLength) * 100) / 100,
      secondsToEnd: Math.round((endMs - removedMs) / 10) / 100,
    };
  } finally {
    lab.store.clear();
    lab.signer.clear();
    lab.serve({});
    lab.skewService(0);
    await lab.skewPage(0);
    await clearUploads(lab.s3, lab.bucket);
  }
}

function isExpected({ outcome, says = /^/ }: LabFault, told: Told): boolean {
  if (told.kind === 'success') return outcome === 'success';
  return outcome !== 'success' && outcome.includes(told.code) && says.test(told.message);
}

/** Whether a case shows what must never be. */
export function isDefect({ isFalse, isAsExpected, isStruck, orphans }: Outcome): boolean {
  return isFalse || !isAsExpected || !isStruck || orphans > 0;
}

async function settledOrphans(lab: Lab, name: string): Promise<number> {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const orphans = await openUploads(lab.s3, lab.bucket, name);
    if (orphans === 0 || performance.now() > deadline) return orphans;
  }
}

function callsTo({ signer }: Lab): number {
  return signer.log().filter(({ method }) => method === 'POST').length;
}

function strikesOf({ store, signer }: Lab): number {
  return [...store.log(), ...signer.log()].filter(({ fault }) => fault !== undefined).length;
}
