/** A file that is picked from the disk, as a person picks it, and what the browser takes to send it. */
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { temporaryFolder } from '@valetkey/testbed';
import type { CDPSession } from 'playwright-core';

import type { Stage } from './stage.ts';

const sampleMs = 200;
const mebibyte = 2 ** 20;

/** What it took. */
export interface FromDisk {
  readonly seconds: number;
  readonly serviceCalls: number;
  /** By how much all processes of the browser together grew at most. */
  readonly memoryMiB: number;
  readonly heapMiB: number;
  /** What they held before. */
  readonly browserMiB: number;
}

/** Uploads a sparse file of that size. Memory is what `/proc` and the browser say, never the page. */
export async function uploadFromDisk(stage: Stage, bytes: number): Promise<FromDisk> {
  const folder = await temporaryFolder('bench');
  const file = path.join(folder.path, 'large.bin');
  const handle = await open(file, 'w');
  await handle.truncate(bytes);
  await handle.close();
  const tab = await stage.context.newCDPSession(stage.page);
  const browser = stage.context.browser();
  if (browser === null) throw new Error('expected a page of a browser');
  const whole = await browser.newBrowserCDPSession();
  try {
    await pick(tab, file);
    await stage.page.evaluate('takePicked()');
    await tab.send('Performance.enable');
    await tab.send('HeapProfiler.collectGarbage');
    const before = { resident: await resident(whole), heap: await heap(tab), calls: stage.serviceCalls() };
    const most = { resident: before.resident, heap: before.heap };
    const over = new AbortController();
    const upload = stage.measure('ours').finally(() => over.abort());
    const watch = async () => {
      while (!over.signal.aborted) {
        most.resident = Math.max(most.resident, await resident(whole));
        most.heap = Math.max(most.heap, await heap(tab));
        await delay(sampleMs);
      }
    };
    const [ms] = await Promise.all([upload, watch()]);
    return {
      seconds: Math.round(ms / 100) / 10,
      serviceCalls: stage.serviceCalls() - before.calls,
      memoryMiB: (most.resident - before.resident) / mebibyte,
      heapMiB: (most.heap - before.heap) / mebibyte,
      browserMiB: Math.round(before.resident / mebibyte),
    };
  } finally {
    await folder.remove();
  }
}

/** As a file dialog does it: the browser gets the path and reads for itself. */
async function pick(tab: CDPSession, file: string): Promise<void> {
  const { result } = await tab.send('Runtime.evaluate', { expression: `document.querySelector('input')` });
  if (result.objectId === undefined) throw new Error('expected an input on the page');
  await tab.send('DOM.setFileInputFiles', { files: [file], objectId: result.objectId });
}

/** Bytes of every process of the browser, each with its share of what they have in common. */
async function resident(whole: CDPSession): Promise<number> {
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo');
  const each = await Promise.all(
    processInfo.map(async ({ id }) => {
      const text = await readFile(`/proc/${id}/smaps_rollup`, 'utf8');
      return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? Number.NaN) * 1024;
    }),
  );
  return each.reduce((sum, bytes) => sum + bytes, 0);
}

async function heap(tab: CDPSession): Promise<number> {
  const { metrics } = await tab.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
}
