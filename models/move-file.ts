/**
 * Moves as a file that training reads; one file a day and instrument, nothing but records.
 *
 *   byte  0       4       8      12 13 14   16
 *         +-------+-------+-------+--+--+---+
 *         | time  (i64)   | move  |t |c |ep |   little-endian
 *         +-------+-------+-------+--+--+---+
 *
 * time: ns since the source's origin; move: half increments (i32); t, c: token and the scale code
 * it was coded under (u8); ep: epoch (u16).
 */
import type { Move } from './moves.ts';

export const MOVE_BYTES = 16;
/** 64 Mi moves: more is taken for a mistake. */
const MOVES_MAX = 1 << 26;

export type MoveWriter = { add(move: Move): void; readonly moves: number; bytes(): Uint8Array };

export function createMoveWriter(): MoveWriter {
  const buffer = new ArrayBuffer(MOVE_BYTES << 12, { maxByteLength: MOVE_BYTES * MOVES_MAX });
  const view = new DataView(buffer);
  let moves = 0;
  return {
    add({ timeNs, halfIncrements, token, code, epoch }) {
      const at = moves * MOVE_BYTES;
      if (at === buffer.byteLength) buffer.resize(2 * at);
      view.setBigInt64(at, BigInt(timeNs), true);
      view.setInt32(at + 8, halfIncrements, true);
      view.setUint8(at + 12, token);
      view.setUint8(at + 13, code);
      view.setUint16(at + 14, epoch, true);
      moves++;
    },
    get moves() {
      return moves;
    },
    bytes: () => new Uint8Array(buffer, 0, moves * MOVE_BYTES).slice(),
  };
}
