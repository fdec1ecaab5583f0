/** Random models by the law's rule (docs/law.md, golden vectors): any shape, from a seed. */
import {
  type NeuralShape,
  type NeuralWeights,
  type Tensor,
  type TensorShape,
  tensorShapes,
} from './neural-weights.ts';
import { threefry } from './twins/threefry.ts';

/** `hasAll`: with the tensors that a model may have or not. */
export function randomWeights<Shape extends NeuralShape>(
  shape: Shape,
  seed: number,
  { hasAll = false } = {},
): NeuralWeights<Shape> {
  const tensors = tensorShapes(shape, () => hasAll).map((tensor, at) => {
    return [tensor.name, randomTensor(tensor, [seed, at])] as const;
  });
  return { ...shape, tensors: new Map(tensors) };
}

function randomTensor({ name, type, shape }: TensorShape, key: [number, number]): Tensor {
  const words = Int32Array.from(key);
  const bits = new Int32Array(2);
  const length = shape.reduce((product, size) => product * size, 1);
  const tensor = type === 'I8' ? new Int8Array(length) : new Float32Array(length);
  for (let i = 0; i < length; i++) {
    threefry(words, Int32Array.of(i, 0), bits);
    const word = bits[0]! >>> 0;
    tensor[i] = type === 'I8' ? ((word >>> 24) % 255) - 127 : singleOf(name, word);
  }
  return tensor;
}

function singleOf(name: string, word: number): number {
  const v = (word >>> 16) - 32_768;
  if (name.endsWith('.scale')) return (65_536 + v) * 2 ** -26;
  if (/norm\d?$/.test(name)) return 1 + v * 2 ** -17;
  return name.endsWith('.bias') ? v * 2 ** -14 : v * 2 ** -15;
}
