/** The keyed noise of one instrument's next few moves, kept while the market walks over them. */
import { createNoise, type Noise } from '#native';
import { TOKENS } from './tokeniser.ts';

/** A ring over move indexes: `values[offset(index, path) + token]`. */
export type NoiseWindow = {
  readonly ring: Noise;
  /** A new epoch has a new key; nothing of the old noise is kept. */
  setKey(key: readonly [number, number]): void;
  /** Makes the noise of `count` move indexes from `first` on available. */
  cover(first: number, count: number): void;
  offset(moveIndex: number, path: number): number;
};

/** For speculations of `moves` moves, one level of branches before them. */
export function createNoiseWindow({ paths, moves }: { paths: number; moves: number }): NoiseWindow {
  const indexes = moves + 2;
  const ring = createNoise(paths, indexes);
  const held = new Float64Array(indexes).fill(-1);
  return {
    ring,
    setKey([key0, key1]) {
      ring.setKey(key0, key1);
      held.fill(-1);
    },
    cover(first, count) {
      for (let index = first; index < first + count; index++) {
        if (held[index % indexes] === index) continue;
        ring.fill(index);
        held[index % indexes] = index;
      }
    },
    offset: (moveIndex, path) => ((moveIndex % indexes) * paths + path) * TOKENS,
  };
}
