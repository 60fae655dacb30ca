/** What SHA-256 and MD5 share: blocks of 64 bytes, words of state, padding that ends with the length. */
import type { RunningSum } from './running-sum.ts';

const blockBytes = 64;

/** One hash's own. */
export interface BlockTerms<State extends Uint32Array | Int32Array> {
  readonly state: State;
  /** Takes a block into the state. */
  readonly compress: (state: State, bytes: DataView, offset: number) => void;
  readonly isLittleEndian: boolean;
}

export function createBlockSum<State extends Uint32Array | Int32Array>({
  state,
  compress,
  isLittleEndian,
}: BlockTerms<State>): RunningSum {
  const rest = new Uint8Array(blockBytes);
  let restBytes = 0;
  let totalBytes = 0;
  const update = (bytes: Uint8Array) => {
    totalBytes += bytes.length;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let offset = 0;
    while (offset < bytes.length) {
      if (restBytes === 0 && bytes.length - offset >= blockBytes) {
        compress(state, view, offset);
        offset += blockBytes;
        continue;
      }
      const piece = bytes.subarray(offset, offset + blockBytes - restBytes);
      rest.set(piece, restBytes);
      restBytes += piece.length;
      offset += piece.length;
      if (restBytes < blockBytes) continue;
      compress(state, new DataView(rest.buffer), 0);
      restBytes = 0;
    }
  };
  return {
    update,
    digest: () => {
      const padding = new Uint8Array(((119 - (totalBytes % blockBytes)) % blockBytes) + 1 + 8);
      padding[0] = 0x80;
      new DataView(padding.buffer).setBigUint64(padding.length - 8, BigInt(totalBytes) * 8n, isLittleEndian);
      update(padding);
      const digest = new Uint8Array(state.length * 4);
      const view = new DataView(digest.buffer);
      for (const [index, word] of state.entries()) view.setInt32(index * 4, word, isLittleEndian);
      return digest;
    },
  };
}
