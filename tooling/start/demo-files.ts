/**
 * The private bucket's content: a few real files, small enough to make in a moment.
 */
import { createHash } from 'node:crypto';

export const demoBucket = 'models';

export interface DemoFile {
  readonly key: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

export const demoFiles: readonly DemoFile[] = [
  {
    key: 'vision/v3/weights.bin',
    contentType: 'application/octet-stream',
    body: numbers('vision/v3', 1 << 20),
  },
  {
    key: 'vision/v3/labels.txt',
    contentType: 'text/plain; charset=utf-8',
    body: text('cat\ndog\nheron\nkingfisher\n'),
  },
  {
    key: 'vision/v3/README.md',
    contentType: 'text/markdown; charset=utf-8',
    body: text(
      '# vision v3\n\nWeights and labels of a demonstration model. The weights are pseudo-random numbers.\n',
    ),
  },
  {
    key: 'speech/v1/weights.bin',
    contentType: 'application/octet-stream',
    body: numbers('speech/v1', 1 << 18),
  },
];

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

/** The same bytes at every start, so that a download can be compared with an earlier one. */
function numbers(seed: string, bytes: number): Uint8Array {
  const blocks: Buffer[] = [];
  for (let block = 0; block * 64 < bytes; block += 1) {
    blocks.push(
      createHash('sha512')
        .update(`${seed} ${String(block)}`)
        .digest(),
    );
  }
  return Buffer.concat(blocks).subarray(0, bytes);
}
