/** The signature of a target's graphs, as docs/onnx.md states it, worked out from its sizes. */
import { z } from 'zod';
import type { Signature } from './ports.ts';
import { each, float32, int32, MANY, ONE, size } from './signature-parts.ts';

export const TARGET_GRAPHS = ['target-prefill', 'target-move', 'target-packed'] as const;
export type TargetGraph = (typeof TARGET_GRAPHS)[number];

/** Heads and width of the layers between are the graph's own business. */
export const targetSizes = z
  .object({ d: size(4096), layers: size(64), window: size(64), contextMoves: size(4096) })
  .refine(({ window, layers, contextMoves }) => (window - 1) * layers + 1 <= contextMoves, {
    message: '(window - 1) x layers + 1 is more than contextMoves',
  });
export type TargetSizes = z.output<typeof targetSizes>;

export function targetSignatures(sizes: TargetSizes): Record<TargetGraph, Signature> {
  const { d, layers, window } = sizes;
  const cache = (positions: string) => float32(layers, 2, 'B', positions, d);
  const heads = (rows: string) => ({
    logits: int32(rows, 64),
    not_reached: int32(rows, 32, 3),
    horizons: int32(rows, 2, 65),
  });
  const outputs = { next_cache: cache('Q'), ...heads('B') };
  return {
    'target-prefill': { inputs: each(MANY, int32('B', 'C')), outputs },
    'target-move': { inputs: { ...each(ONE, int32('B')), cache: cache('P') }, outputs },
    'target-packed': {
      inputs: { ...each(MANY, int32('N')), reads: int32('N', window), cache: cache('P') },
      outputs: heads('N'),
    },
  };
}
