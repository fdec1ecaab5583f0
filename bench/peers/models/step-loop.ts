/**
 * A loop of steps in onnxruntime-node over memory that is there beforehand: states take turns,
 * tokens are written where the graph reads them.
 *
 *   move 0   start   -> state 1
 *   move 1   state 1 -> state 2
 *   move 2   state 2 -> state 1 ...
 */

import type { Tensor } from 'onnxruntime-node';
import { TOKENS } from '#law';
import { natsOf } from './agreement.ts';
import { ints, openBareGraph, openGraph, room, type Values } from './graph.ts';
import type { Work } from './work.ts';

type Step = { given: Values; said: Values; read(): void };

export type StepLoop = {
  /** All paths through all moves. */
  run(): Promise<void>;
  runBare(): undefined;
  /** In nats, node by node. */
  logits(): Promise<Float64Array>;
};

export async function openStepLoop(path: string, work: Work, batch: number): Promise<StepLoop> {
  const graph = await openGraph(path, 1);
  const bare = openBareGraph(path, 1);
  const start = await stateAfterContext(path, work);
  const logitsType = graph.outputMetadata.find(output => output.name === 'logits');
  const isQ16 = logitsType?.isTensor === true && logitsType.type === 'int32';
  const logits = room(isQ16 ? 'int32' : 'float32', batch, TOKENS);
  const steps = stepsOf(work, { start, logits, batch });
  return {
    async run() {
      for (const { read, given, said } of steps) {
        read();
        await graph.run(given, said);
      }
    },
    runBare() {
      for (const { read, given, said } of steps) {
        read();
        bare(given, said);
      }
    },
    async logits() {
      const all = new Float64Array(steps.length * batch * TOKENS);
      for (const [at, { read, given, said }] of steps.entries()) {
        read();
        await graph.run(given, said);
        all.set(natsOf(logits.data as Int32Array | Float32Array), at * batch * TOKENS);
      }
      return all;
    },
  };
}

function stepsOf(
  { trie }: Work,
  { start, logits, batch }: { start: Float32Array; logits: Tensor; batch: number },
): Step[] {
  const d = start.length;
  const states = [0, 1, 2].map(() => room('float32', batch, d));
  for (let row = 0; row < batch; row++) (states[0]!.data as Float32Array).set(start, row * d);
  const inputs = {
    token: room('int32', batch),
    code: room('int32', batch),
    next_code: room('int32', batch),
  };
  const dataOf = (tensor: Tensor) => tensor.data as Int32Array;
  const [token, code, nextCode] = [inputs.token, inputs.code, inputs.next_code].map(dataOf);
  return Array.from({ length: (trie.size - 1) / batch }, (_, move) => {
    const first = 1 + move * batch;
    return {
      given: { ...inputs, state: states[move === 0 ? 0 : 2 - (move % 2)]! },
      said: { next_state: states[1 + (move % 2)]!, logits },
      read() {
        for (let row = 0; row < batch; row++) {
          token![row] = trie.token[first + row]!;
          code![row] = trie.tokenCode[first + row]!;
          nextCode![row] = trie.code[first + row]!;
        }
      },
    };
  });
}

/** The context's moves step by step, from a state of zeros. */
async function stateAfterContext(path: string, work: Work): Promise<Float32Array> {
  const graph = await openGraph(path, 1);
  const about = graph.inputMetadata.find(input => input.name === 'state');
  let state = room('float32', 1, about?.isTensor === true ? Number(about.shape[1]) : 0);
  for (const [at, token] of work.tokens.entries()) {
    const [code, nextCode] = [work.codes[at]!, work.nextCodes[at]!];
    const given = { token: ints([token], [1]), code: ints([code], [1]), state };
    const said = await graph.run({ ...given, next_code: ints([nextCode], [1]) }, ['next_state']);
    state = said['next_state'] as Tensor;
  }
  return state.data as Float32Array;
}
