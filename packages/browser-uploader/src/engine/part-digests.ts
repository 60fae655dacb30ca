import { rethrowRead } from './file-guard.ts';
import { sliceOfPart, type Plan } from './plan.ts';
import type { PartsContext } from './send-parts.ts';

/** Base64 of each part, in the order of the numbers. */
export async function digestsOf(
  partNumbers: readonly number[],
  plan: Plan,
  { file, checksum, signal }: Pick<PartsContext, 'file' | 'checksum' | 'signal'>,
  known: Map<number, string>,
): Promise<{ readonly checksums?: string[] }> {
  if (checksum === undefined) return {};
  const checksums: string[] = [];
  for (const partNumber of partNumbers) {
    const digest =
      known.get(partNumber) ??
      (await checksum.digest(sliceOfPart(file, plan, partNumber), signal).catch(rethrowRead));
    known.set(partNumber, digest);
    checksums.push(digest);
  }
  return { checksums };
}
