/** The weights of a neural model and their file (docs/decisions/0004-neural-pair.md). */
import { z } from 'zod';
import { OutriderError } from '#engine';
import {
  checkConfig,
  checkWeights,
  type NeuralShape,
  type NeuralWeights,
  type Tensor,
  type TensorShape,
  tensorShapes,
} from '#native';
import { type FileTensor, readSafetensors } from './safetensors.ts';

/** Kernels by the `format` of a file. */
export const KERNEL_OF = { window: 'window-int8/1', gru: 'gru-int8/1' } as const;

const CONFIG_CHARACTERS_MAX = 4096;
const REMEDY = 'restore the file or export it again';

const size = z.int().min(1);
const sideInputs = size.optional();
const windowSchema = z.strictObject({
  ...{ d: size, layers: size, heads: size, window: size, contextMoves: size, feedForward: size },
  sideInputs,
});
const gruSchema = z.strictObject({ d: size, contextMoves: size, sideInputs });

/** Throws `bad-model` naming the file, the field, its value and the remedy. */
export function decodeWeights(bytes: Uint8Array, name: string): NeuralWeights {
  const file = readSafetensors(bytes, name);
  const bad = (what: string, cause?: unknown): never => {
    throw new OutriderError('bad-model', `${name}: ${what}; ${REMEDY}`, { cause });
  };
  const shape = shapeOf(file.metadata, bad);
  const refuseRange = <T>(check: () => T): T => {
    try {
      return check();
    } catch (error) {
      if (error instanceof RangeError) return bad(error.message, error);
      throw error;
    }
  };
  // Before a shape is worked out from it: a hostile config must not make a list of tensors long.
  refuseRange(() => checkConfig(shape));
  const tensors = new Map<string, Tensor>();
  const shapes = tensorShapes(shape, name => file.tensors.has(name));
  for (const expected of shapes) {
    const found = file.tensors.get(expected.name);
    if (found === undefined) return bad(`tensor ${expected.name}: missing`);
    if (!isOf(found, expected)) {
      const { type, shape: dimensions } = expected;
      bad(
        `tensor ${expected.name}: ${found.type} [${found.shape}], its config asks for ` +
          `${type} [${dimensions}]`,
      );
    }
    tensors.set(expected.name, valuesOf(found));
  }
  const known = new Set(shapes.map(({ name }) => name));
  for (const tensor of file.tensors.keys()) {
    if (!known.has(tensor)) bad(`tensor ${tensor}: no part of a ${shape.kind} model`);
  }
  const weights = { ...shape, tensors };
  refuseRange(() => checkWeights(weights));
  return weights;
}

function shapeOf(
  { format, config }: Readonly<Record<string, string>>,
  bad: (what: string, cause?: unknown) => never,
): NeuralShape {
  const text = config ?? '';
  if (text.length > CONFIG_CHARACTERS_MAX) bad(`config: ${text.length} characters of JSON`);
  try {
    switch (format) {
      case KERNEL_OF.window:
        return { kind: 'window', config: windowSchema.parse(JSON.parse(text)) };
      case KERNEL_OF.gru:
        return { kind: 'gru', config: gruSchema.parse(JSON.parse(text)) };
    }
  } catch (cause) {
    return bad(`config: ${JSON.stringify(text)} is none of a ${format} model`, cause);
  }
  const known = Object.values(KERNEL_OF).join(' and ');
  return bad(`format: ${JSON.stringify(format)}, known are ${known}`);
}

function isOf(found: FileTensor, { type, shape }: TensorShape): boolean {
  return found.type === type && found.shape.join() === shape.join();
}

/** A copy: the file's bytes may begin anywhere, a single only at multiples of four. */
function valuesOf({ type, bytes }: FileTensor): Tensor {
  const copy = Uint8Array.from(bytes).buffer;
  return type === 'I8' ? new Int8Array(copy) : new Float32Array(copy);
}

/** The file of weights: the same weights give the same bytes. */
export function encodeWeights(weights: NeuralWeights): Uint8Array {
  const metadata = { format: KERNEL_OF[weights.kind], config: JSON.stringify(weights.config) };
  const has = (name: string) => weights.tensors.has(name);
  const header: Record<string, unknown> = { __metadata__: metadata };
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { name, type, shape } of tensorShapes(weights, has)) {
    const { buffer, byteOffset, byteLength } = weights.tensors.get(name)!;
    header[name] = { dtype: type, shape, data_offsets: [at, at + byteLength] };
    parts.push(new Uint8Array(buffer, byteOffset, byteLength));
    at += byteLength;
  }
  const text = JSON.stringify(header);
  const json = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Uint8Array.from(Buffer.concat([length, json, ...parts]));
}
