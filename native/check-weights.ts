/** The law's bounds on a neural model, checked before a kernel reads a value (docs/law.md, 11). */

import {
  type NeuralShape,
  type NeuralWeights,
  type Tensor,
  tensorShapes,
} from './neural-weights.ts';

const WIDTH_MAX = 1024;
const CONTEXT_MOVES_MAX = 4096;
const SIDE_INPUTS_MAX = 16;
const LAYERS_MAX = 64;
const HEADS_MAX = 32;
const HEAD_WIDTHS = [16, 32, 64, 128];
const WINDOW_MAX = 64;
/** Larger singles could overflow into an infinity less an infinity. */
const SINGLE_MOST = 1024;

/** Throws RangeError naming the field, its value and what the law asks for. */
export function checkConfig({ kind, config }: NeuralShape): void {
  checkWidth('d', config.d);
  checkCount('contextMoves', config.contextMoves, CONTEXT_MOVES_MAX);
  if (config.sideInputs !== undefined) {
    checkCount('sideInputs', config.sideInputs, SIDE_INPUTS_MAX);
  }
  if (kind === 'gru') return;
  const { d, heads, layers, window, contextMoves, feedForward } = config;
  checkWidth('feedForward', feedForward);
  checkCount('heads', heads, HEADS_MAX);
  if (!HEAD_WIDTHS.includes(d / heads)) {
    throw new RangeError(`heads is ${heads}: of d ${d} pass heads ${HEAD_WIDTHS.join(', ')} wide`);
  }
  checkCount('layers', layers, LAYERS_MAX);
  checkCount('window', window, WINDOW_MAX);
  const reach = (window - 1) * layers + 1;
  if (reach > contextMoves) {
    throw new RangeError(
      `window is ${window}: ${layers} layers of it reach ${reach} moves back and contextMoves is ` +
        `${contextMoves}; narrow the window or widen the context`,
    );
  }
}

/** As `checkConfig`, and for each tensor and value. */
export function checkWeights(weights: NeuralWeights): void {
  checkConfig(weights);
  const shapes = tensorShapes(weights, name => weights.tensors.has(name));
  for (const { name, type, shape } of shapes) {
    const tensor = weights.tensors.get(name);
    const length = shape.reduce((product, size) => product * size, 1);
    const isFit =
      tensor?.length === length &&
      (type === 'I8' ? tensor instanceof Int8Array : tensor instanceof Float32Array);
    if (!isFit) {
      const found = tensor === undefined ? 'missing' : `${tensor.length} values`;
      throw new RangeError(`tensor ${name}: ${found}; its config asks for ${length} of ${type}`);
    }
    checkValues(name, tensor);
  }
  const known = new Set(shapes.map(({ name }) => name));
  for (const name of weights.tensors.keys()) {
    if (!known.has(name)) throw new RangeError(`tensor ${name}: no part of this model; remove it`);
  }
}

function checkValues(name: string, tensor: Tensor): void {
  const [least, most] = tensor instanceof Int8Array ? [-127, 127] : [-SINGLE_MOST, SINGLE_MOST];
  const isScale = name.endsWith('.scale');
  const bad = tensor.findIndex(
    (value: number) => !(value >= least && value <= most) || (isScale && value <= 0),
  );
  if (bad < 0) return;
  const bounds = isScale ? `more than 0, at most ${most}` : `${least} to ${most}`;
  throw new RangeError(`tensor ${name}: value ${bad} is ${tensor[bad]}, expected ${bounds}`);
}

function checkCount(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new RangeError(`${name} is ${value}: pass an integer from 1 to ${most}`);
}

/** Sums go by 16 lanes, and an exact sum of int8 products stays below 2^24. */
function checkWidth(name: string, value: number): void {
  if (value >= 16 && value <= WIDTH_MAX && value % 16 === 0) return;
  throw new RangeError(`${name} is ${value}: pass a multiple of 16, at most ${WIDTH_MAX}`);
}
