/** A graph in onnxruntime-node with the options that are best for it. */

import { createRequire } from 'node:module';
import { InferenceSession, type OnnxValue, Tensor } from 'onnxruntime-node';

export type Values = { [name: string]: OnnxValue };

type Binding = typeof import('onnxruntime-node/dist/binding.js');

/** All optimisations; a helper thread may spin within a pass, not on into the next side's. */
const optionsOf = (threads: number): InferenceSession.SessionOptions => ({
  ...({ graphOptimizationLevel: 'all', executionMode: 'sequential' } as const),
  ...{ intraOpNumThreads: threads, interOpNumThreads: 1 },
  ...{ enableCpuMemArena: true, enableMemPattern: true },
  extra: { session: { force_spinning_stop: '1' } },
});

export async function openGraph(path: string, threads: number): Promise<InferenceSession> {
  return await InferenceSession.create(path, optionsOf(threads));
}

/** Below its public interface: no promise, no turn of the event loop, no checks. */
export function openBareGraph(
  path: string,
  threads: number,
): (given: Values, said: Values) => void {
  const require = createRequire(import.meta.url);
  const { binding, initOrt }: Binding = require('onnxruntime-node/dist/binding.js');
  initOrt();
  const session = new binding.InferenceSession();
  session.loadModel(path, optionsOf(threads));
  return (given, said) => void session.run(given, said, {});
}

export function ints(values: ArrayLike<number>, shape: readonly number[]): Tensor {
  return new Tensor('int32', Int32Array.from(values), shape);
}

/** Room for what a graph says. */
export function room(type: 'int32' | 'float32', ...shape: number[]): Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return type === 'int32'
    ? new Tensor(type, new Int32Array(length), shape)
    : new Tensor(type, new Float32Array(length), shape);
}
