/** The Worker's own file: it sums while the page stays free. Loaded when the first checksum is asked for. */
import { createCrc } from './crc.ts';
import { crc32c, crc64Nvme } from './crc-terms.ts';
import { createMd5 } from './md5.ts';
import type { RunningSum } from './running-sum.ts';
import { createSha256 } from './sha256.ts';
import type { WorkerAlgorithm, WorkerAnswer, WorkerRequest } from './worker-messages.ts';

const cancelled = new Set<number>();

const sums: Readonly<Record<WorkerAlgorithm, () => RunningSum>> = {
  CRC64NVME: () => createCrc(crc64Nvme),
  CRC32C: () => createCrc(crc32c),
  SHA256: createSha256,
  MD5: createMd5,
};

addEventListener('message', ({ data }: MessageEvent<WorkerRequest>) => {
  if (data.kind === 'cancel') cancelled.add(data.id);
  else void sum(data);
});

tell({ kind: 'ready' });

async function sum({ id, algorithm, bytes }: Extract<WorkerRequest, { kind: 'digest' }>): Promise<void> {
  const running = sums[algorithm]();
  const reader = bytes.stream().getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      if (cancelled.has(id)) return;
      running.update(piece.value);
    }
    tell({ id, kind: 'digest', digest: running.digest() });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    tell({ id, kind: 'failed', name, message });
  } finally {
    cancelled.delete(id);
    reader.releaseLock();
  }
}

function tell(answer: WorkerAnswer): void {
  postMessage(answer);
}
