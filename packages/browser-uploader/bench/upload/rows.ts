/** The rows of the table: what is sent, over which line, and what must come of it. */
import { startTcpProxy, startVersitygw } from '@valetkey/testbed';

import { uploadFromDisk } from './from-disk.ts';
import { ways } from './page-script.ts';
import { inRounds, median, toTable, type Times } from './rounds.ts';
import { onStage, type Engines } from './stage.ts';

const rounds = 5;
const stock = 'stock @uppy/aws-s3';

/** A bar and what was measured of it. */
export interface Bar {
  readonly bar: string;
  readonly value: number;
  readonly met: boolean;
}

/** What a row tells. */
export interface RowResult {
  readonly bars: readonly Bar[];
  readonly table: Record<string, object>;
}

export const rows: Readonly<Record<string, (engines: Engines) => Promise<RowResult>>> = {
  'one 512 MiB file over loopback': overLoopback,

  'one 512 MiB file over loopback, into versitygw': async (engines) => {
    // What SeaweedFS itself takes of the processor holds four PUTs at once back; this store takes less.
    // It copies every byte when an upload in parts is completed (posix backend, copy_file_range), which four PUTs of four
    // objects are spared: CompleteMultipartUpload alone took 40 ms for 16 MiB, 0.1 s for 64 and 0.6 s for 256, in 4 parts as in
    // 32, on a busy machine where SeaweedFS took 10 ms for any of them.
    const versitygw = await startVersitygw(() => undefined);
    try {
      return await overLoopback({ ...engines, s3: versitygw.description });
    } finally {
      await versitygw.stop();
    }
  },

  '128 MiB at 12.5 MB/s a connection, 40 ms round trips': async (engines) => {
    const { hostname, port } = new URL(engines.s3.endpoint);
    const proxy = await startTcpProxy({ host: hostname, port: Number(port) });
    proxy.set({ kind: 'line', bytesPerSecond: 12.5e6, roundTripMs: 40 });
    const s3 = { ...engines.s3, endpoint: `http://127.0.0.1:${proxy.port}` };
    try {
      return await onStage({ ...engines, s3 }, {}, async (stage) => {
        await stage.page.evaluate('makeFiles(1, 128 * 2 ** 20)');
        const times = await inRounds(stage, ['ours', 'raw four PUTs', stock], rounds);
        return {
          table: toTable(times, 128),
          bars: [atLeast('times as fast as stock', faster(times, stock, 'ours'), 3.5)],
        };
      });
    } finally {
      await proxy.stop();
    }
  },

  '1,000 files of 10 KiB': (engines) =>
    onStage(engines, {}, async (stage) => {
      await stage.page.evaluate('makeFiles(1000, 10 * 1024)');
      const calls: number[] = [];
      const counting = {
        ...stage,
        measure: async (way: string) => {
          const before = stage.serviceCalls();
          const ms = await stage.measure(way);
          if (way === 'ours in Uppy') calls.push(stage.serviceCalls() - before);
          return ms;
        },
      };
      const times = await inRounds(counting, ['ours in Uppy', stock], rounds);
      return {
        table: toTable(times, 1000 * (10 / 1024)),
        bars: [
          atMost('calls to the service', median(calls), 30),
          atLeast('times as fast as stock', faster(times, stock, 'ours in Uppy'), 1),
        ],
      };
    }),

  'one file of 1,000 parts from disk (4.9 GiB)': (engines) =>
    onStage(engines, { upload: { partSize: '5Mi' } }, async (stage) => {
      const { seconds, serviceCalls, memoryMiB, heapMiB, browserMiB } = await uploadFromDisk(
        stage,
        1000 * 5 * 2 ** 20,
      );
      await stage.clear();
      return {
        table: {
          ours: { seconds, 'MiB/s': Math.round(5000 / seconds), 'MiB of the browser before': browserMiB },
        },
        bars: [
          atMost('calls to the service', serviceCalls, 25),
          atMost('MiB that the browser grew by', memoryMiB, 64),
          atMost('MiB that the heap of JavaScript grew by', heapMiB, 16),
        ],
      };
    }),
};

function overLoopback(engines: Engines): Promise<RowResult> {
  return onStage(engines, {}, async (stage) => {
    await stage.page.evaluate('makeFiles(1, 512 * 2 ** 20)');
    const times = await inRounds(stage, ways, rounds);
    return {
      table: toTable(times, 512),
      bars: [
        atLeast('of the rate of four raw PUTs at once', faster(times, 'raw four PUTs', 'ours'), 0.9),
        atLeast('times as fast as stock', faster(times, stock, 'ours'), 2),
      ],
    };
  });
}

/** How many times as fast `way` is as `peer`. */
function faster(times: Times, peer: string, way: string): number {
  return median(times.get(peer) ?? []) / median(times.get(way) ?? []);
}

function atLeast(bar: string, value: number, least: number): Bar {
  return { bar: `at least ${least} ${bar}`, value: Number(value.toFixed(2)), met: value >= least };
}

function atMost(bar: string, value: number, most: number): Bar {
  return { bar: `at most ${most} ${bar}`, value: Number(value.toFixed(1)), met: value <= most };
}
