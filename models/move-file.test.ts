/** The bytes training reads: a field at another place would train on something else. */

import { expect, it } from 'vitest';
import { createMoveWriter, MOVE_BYTES } from './move-file.ts';

it('writes each field where the drawing has it', () => {
  const writer = createMoveWriter();
  const move = { instrument: 0, epoch: 513, timeNs: 2 ** 40 + 7, halfIncrements: -3 };
  writer.add({ ...move, token: 29, code: 12 });
  const bytes = Buffer.from(writer.bytes());
  expect(bytes.readBigInt64LE(0)).toBe(2n ** 40n + 7n);
  expect(bytes.readInt32LE(8)).toBe(-3);
  expect([...bytes.subarray(12)]).toEqual([29, 12, 1, 2]);
});

it('keeps each move of a long day', () => {
  const writer = createMoveWriter();
  const moves = 10_000;
  for (let timeNs = 0; timeNs < moves; timeNs++) {
    writer.add({ instrument: 0, epoch: 0, timeNs, halfIncrements: 1, token: 32, code: 1 });
  }
  const bytes = Buffer.from(writer.bytes());
  expect(writer.moves).toBe(moves);
  expect(bytes.length).toBe(moves * MOVE_BYTES);
  for (const at of [0, 4095, 4096, moves - 1]) {
    expect(bytes.readBigInt64LE(at * MOVE_BYTES)).toBe(BigInt(at));
  }
});
