/** Threefry-2x32 with 20 rounds (Salmon et al., Random123): a counter in, 64 random bits out. */

const PARITY = 0x1bd11bda;
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/** Two 32-bit words, whether read as signed or not. */
export type Block = Int32Array | Uint32Array;

/** Writes the random bits at `counter` under `key` to `out`. */
export function threefry(key: Block, counter: Block, out: Block): void {
  const key0 = key[0]!;
  const key1 = key[1]!;
  const schedule = [key0, key1, PARITY ^ key0 ^ key1] as const;
  let x0 = (counter[0]! + key0) | 0;
  let x1 = (counter[1]! + key1) | 0;
  for (let group = 0; group < 5; group++) {
    for (let round = 0; round < 4; round++) {
      const rotation = ROTATIONS[(group % 2) * 4 + round]!;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0;
    }
    x0 = (x0 + schedule[(group + 1) % 3]!) | 0;
    x1 = (x1 + schedule[(group + 2) % 3]! + group + 1) | 0;
  }
  out[0] = x0;
  out[1] = x1;
}
