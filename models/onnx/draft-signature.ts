/** The signature of a draft's graphs, as docs/onnx.md states it, worked out from its sizes. */
import { z } from 'zod';
import type { Graph } from '../neural/graph-manifest.ts';
import type { Signature } from './ports.ts';
import { each, float32, int32, MANY, size } from './signature-parts.ts';

export const DRAFT_GRAPHS = ['draft-context', 'draft-speculation'] as const;
export type DraftGraph = (typeof DRAFT_GRAPHS)[number];

export const draftSizes = z.object({ d: size(4096), contextMoves: size(4096) });
export type DraftSizes = z.output<typeof draftSizes>;

/** `moves`: H, which a speculation's graph has written out. */
export function draftSignatures({ d }: DraftSizes, moves: number): Record<DraftGraph, Signature> {
  const [state, next_state] = [float32('B', d), float32('B', d)];
  return {
    'draft-context': { inputs: { state, ...each(MANY, int32('B', 'M')) }, outputs: { next_state } },
    'draft-speculation': {
      inputs: {
        ...{ state, ...each(['token', 'code', 'scale'], int32('B')) },
        noise: int32('B', 'S', moves, 64),
      },
      outputs: {
        next_state,
        tokens: int32('B', 'S', moves),
        logits: int32('B', 'S', moves, 64),
      },
    },
  };
}

/** H, as the noise of a speculation's graph says; 1 to 32. */
export function speculationMoves({ signature }: Graph): number | undefined {
  return size(32).safeParse(signature.inputs.noise?.shape[2]).data;
}
