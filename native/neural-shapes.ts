/** The shapes of a neural model follow from its config: checked before a kernel reads a value. */

import type { Linear, NeuralWeights } from './neural-weights.ts';

const WIDTH_MAX = 1024;
const CODES = 64;
const HEAD_ROWS = 72;
const DURATION_ROWS = 96;
const HORIZON_ROWS = 130;

/** Throws RangeError naming what does not follow from the config. */
export function checkWeights(weights: NeuralWeights): void {
  const { d, contextMoves } = weights.config;
  checkCount('d', d, WIDTH_MAX);
  checkLanes('d', d);
  checkCount('contextMoves', contextMoves, 4096);
  const inputs = weights.kind === 'window' ? d : 3 * d;
  for (const name of ['token', 'code', 'nextCode'] as const) {
    checkLength(name, weights[name], CODES * inputs);
  }
  checkLinear('head', weights.head, [HEAD_ROWS, d]);
  checkLinear('duration', weights.duration, [DURATION_ROWS, d]);
  if (weights.kind === 'gru') checkLinear('hidden', weights.hidden, [3 * d, d]);
  else checkWindow(weights);
}

function checkWindow(weights: NeuralWeights & { kind: 'window' }): void {
  const { d, layers, heads, window, contextMoves, feedForward } = weights.config;
  checkCount('feedForward', feedForward, WIDTH_MAX);
  checkLanes('feedForward', feedForward);
  checkCount('heads', heads, d);
  checkLanes('d / heads', d / heads);
  checkCount('layers', layers, 64);
  checkCount('window', window, contextMoves);
  if ((window - 1) * layers + 1 > contextMoves) {
    throw new RangeError(
      `window is ${window}: ${layers} layers of it reach ${(window - 1) * layers + 1} moves back, ` +
        `contextMoves is ${contextMoves}; narrow the window or widen the context`,
    );
  }
  if (weights.layers.length !== layers) {
    throw new RangeError(`layers has ${weights.layers.length} entries: pass ${layers}`);
  }
  for (const [at, layer] of weights.layers.entries()) {
    checkLength(`layers.${at}.norm1`, layer.norm1, d);
    checkLinear(`layers.${at}.qkv`, layer.qkv, [3 * d, d]);
    checkLength(`layers.${at}.bias`, layer.bias, heads * window);
    checkLinear(`layers.${at}.out`, layer.out, [d, d]);
    checkLength(`layers.${at}.norm2`, layer.norm2, d);
    checkLinear(`layers.${at}.up`, layer.up, [feedForward, d]);
    checkLinear(`layers.${at}.down`, layer.down, [d, feedForward]);
  }
  checkLength('norm', weights.norm, d);
  checkLinear('horizon', weights.horizon, [HORIZON_ROWS, d]);
}

function checkLinear(name: string, { weights, scales }: Linear, shape: [number, number]): void {
  checkLength(name, weights, shape[0] * shape[1]);
  checkLength(`${name}.scale`, scales, shape[0]);
}

function checkLength(name: string, { length }: ArrayLike<number>, expected: number): void {
  if (length === expected) return;
  throw new RangeError(`${name} has ${length} values: its config asks for ${expected}`);
}

function checkCount(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new RangeError(`${name} is ${value}: pass an integer from 1 to ${most}`);
}

/** Sums go by 16 lanes, and native kernels load whole ones. */
function checkLanes(name: string, value: number): void {
  if (value % 16 === 0) return;
  throw new RangeError(`${name} is ${value}: pass a multiple of 16`);
}
