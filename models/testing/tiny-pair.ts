/**
 * A tiny pair of graphs of other sizes than what ships, and the random weights they are made from.
 *
 * Its files: write both weights as `neural-target.safetensors` and `neural-draft.safetensors`, then
 * `python -m models.training.export_onnx --models THERE --out tiny-pair/onnx --moves 4`; what its
 * `export` answers is listed in the manifest.
 */
import { join } from 'node:path';
import { randomWeights } from '#native';
import { encodeWeights } from '../neural/weights-file.ts';

export const TINY_FOLDER = join(import.meta.dirname, 'tiny-pair');
export const TINY_MOVES = 4;
const contextMoves = 10;

export const tinyWeights = {
  target: encodeWeights(
    randomWeights(
      {
        kind: 'window',
        config: { d: 32, layers: 2, heads: 2, window: 5, contextMoves, feedForward: 64 },
      },
      31,
    ),
  ),
  draft: encodeWeights(randomWeights({ kind: 'gru', config: { d: 16, contextMoves } }, 32)),
};
