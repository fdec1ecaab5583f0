/** The Gumbel table: its bytes are the law, and they are the Gumbel quantiles. */

import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { loadedKernels } from '../load.ts';
import { gumbelTable } from './gumbel.ts';

const TABLE_SHA_256 = 'fc2d8ed7fe9b4cbc3b95bcc8c5a35b0f8f7c8897e9d9e4f3e42501a83d059cc8';

const { kind, kernels } = loadedKernels;

it('has the pinned bytes, or recorded runs would not replay', () => {
  expect(sha256(gumbelTable())).toBe(TABLE_SHA_256);
});

it.skipIf(kind === 'twin')('has them in the addon too (needs the Rust addon)', () => {
  expect(sha256(kernels.gumbelTable())).toBe(TABLE_SHA_256);
});

it('is the Gumbel quantile within one unit, or choices would not follow the logits', () => {
  const table = gumbelTable();
  let worst = 0;
  for (let index = 0; index < table.length; index++) {
    const exact = -Math.log(-Math.log((index + 0.5) / table.length)) * 65_536;
    worst = Math.max(worst, Math.abs(table[index]! - exact));
  }
  expect(worst).toBeLessThanOrEqual(1);
});

function sha256(values: Int32Array): string {
  const littleEndian = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, index) => {
    littleEndian.setInt32(index * 4, value, true);
  });
  return createHash('sha256').update(littleEndian).digest('hex');
}
