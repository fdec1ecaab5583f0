/** A packed pass of a random model over the fan of a speculation, by any kernels. */

import { bindNeural, type Kernels, type NeuralShape, randomWeights } from '#native';
import { FAN_NODES, fan } from './fan.ts';

/** Each call passes over all nodes of the fan; the context stays. */
export function openPass(shape: NeuralShape): (kernels: Kernels) => () => number {
  return kernels => {
    const model = bindNeural(randomWeights(shape, 1), { kernels });
    const session = model.openSession(fan());
    const { contextMoves } = shape.config;
    const tokens = Uint8Array.from({ length: contextMoves }, (_, at) => (at * 7) % 64);
    session.prefill(tokens, new Uint8Array(contextMoves).fill(8), 8);
    return () => {
      session.pass(0, FAN_NODES + 1);
      return session.logits.at(-1)!;
    };
  };
}
