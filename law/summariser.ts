/** Forecasts from paths: the model's own step distributions, averaged over them. */
import { FORECAST_HEADER_INTS, type Forecast, forecastInts, HORIZON_INTS } from './forecast.ts';
import type { Model, ModelSession } from './model.ts';
import { entropyPpm, PROBABILITY_ONE, probabilitiesQ24 } from './probability.ts';
import { TOKEN_MOVES, TOKENS } from './tokeniser.ts';
import type { Trie } from './trie.ts';

/** Settled (or drafted) paths over a trie: `nodes[path * H + h]` is where move h + 1 is chosen. */
export type ForecastPaths = {
  trie: Trie;
  nodes: Int32Array;
  /** Where in `nodes` the first path begins. */
  nodesOffset: number;
  paths: number;
  moves: number;
  /** Of the summariser's model over the trie; a pass reached all nodes of the paths. */
  session: ModelSession;
};

export type Summariser = (from: ForecastPaths) => Forecast;

const QUANTILE_PERCENTS = [5, 25, 50, 75, 95] as const;
/** Displacements that spread wider are sorted instead. */
const HISTOGRAM_BINS_MAX = 2 ** 16;

/** The distinct nodes at which one move of a context's paths is chosen, with what each says. */
type Step = {
  size: number;
  readonly node: Int32Array;
  /** How many paths stand at the node, and the mean of the next displacement there in Q8. */
  readonly count: Int32Array;
  readonly meanQ8: Float64Array;
  /** Entry of each path. */
  readonly entry: Int32Array;
};

/** A summariser for one model; probabilities of constant rows are worked out once. */
export function createSummariser(model: Model): Summariser {
  const rowOf = probabilityRows(model);
  const histogram = new Float64Array(HISTOGRAM_BINS_MAX);
  const wide = new Map<number, number>();
  let step = createStep(16);

  return from => {
    const { trie, moves, paths, nodes, nodesOffset, session } = from;
    if (paths > step.entry.length) step = createStep(paths);
    const out = new Int32Array(forecastInts(moves));
    const start = nodes[nodesOffset]!;
    out.set(session.notReachedQ16(start, moves), 0);
    const origin = trie.displacement[start]!;
    const next = rowOf(session, session.rows[start]!);
    out[out.length - 1] = entropyPpm(next.values, next.offset);
    for (let h = 0; h < moves; h++) {
      gatherStep(step, from, h);
      const { lowest, bins } = span(step, trie, origin);
      const isWide = bins > HISTOGRAM_BINS_MAX;
      for (let entry = 0; entry < step.size; entry++) {
        const node = step.node[entry]!;
        const { values, offset } = rowOf(session, session.rows[node]!);
        const ladder = trie.code[node]! * TOKENS;
        const displacement = trie.displacement[node]! - origin;
        const count = step.count[entry]!;
        let weighted = 0;
        for (let v = 0; v < TOKENS; v++) {
          const move = TOKEN_MOVES[ladder + v]!;
          const weight = values[offset + v]!;
          const bin = displacement + move - lowest;
          if (isWide) wide.set(bin, (wide.get(bin) ?? 0) + count * weight);
          else histogram[bin] = histogram[bin]! + count * weight;
          weighted += weight * move;
        }
        step.meanQ8[entry] = 256 * displacement + Math.floor(weighted / 2 ** 16);
      }
      const at = FORECAST_HEADER_INTS + h * HORIZON_INTS;
      writeMoments(step, paths, out.subarray(at, at + 2));
      const shares = out.subarray(at + 2, at + HORIZON_INTS);
      if (isWide) writeWideShares(wide, { lowest, paths }, shares);
      else writeShares(histogram, { moveOf: bin => bin + lowest, bins, paths }, shares);
    }
    return out;
  };
}

function createStep(paths: number): Step {
  return {
    size: 0,
    node: new Int32Array(paths),
    count: new Int32Array(paths),
    meanQ8: new Float64Array(paths),
    entry: new Int32Array(paths),
  };
}

function gatherStep(step: Step, { nodes, nodesOffset, paths, moves }: ForecastPaths, h: number) {
  step.size = 0;
  for (let path = 0; path < paths; path++) {
    const node = nodes[nodesOffset + path * moves + h]!;
    let entry = 0;
    while (entry < step.size && step.node[entry] !== node) entry++;
    if (entry === step.size) {
      step.node[step.size++] = node;
      step.count[entry] = 0;
    }
    step.count[entry] = step.count[entry]! + 1;
    step.entry[path] = entry;
  }
}

/** The displacements that a step can lead to, as bins of a histogram from the lowest on. */
function span(step: Step, trie: Trie, origin: number): { lowest: number; bins: number } {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let entry = 0; entry < step.size; entry++) {
    const node = step.node[entry]!;
    const ladder = trie.code[node]! * TOKENS;
    const displacement = trie.displacement[node]! - origin;
    lowest = Math.min(lowest, displacement + TOKEN_MOVES[ladder]!);
    highest = Math.max(highest, displacement + TOKEN_MOVES[ladder + TOKENS - 1]!);
  }
  return { lowest, bins: highest - lowest + 1 };
}

type Row = { values: Int32Array; offset: number };
type ProbabilityRows = (session: ModelSession, logitsOffset: number) => Row;

function probabilityRows({ table }: Model): ProbabilityRows {
  const values = new Int32Array(table?.length ?? TOKENS);
  const known = new Uint8Array(table === undefined ? 0 : table.length / TOKENS);
  const row: Row = { values, offset: 0 };
  return ({ logits }, logitsOffset) => {
    row.offset = table === undefined ? 0 : logitsOffset;
    if (known[logitsOffset / TOKENS] === 1) return row;
    probabilitiesQ24(logits, logitsOffset, { out: values, outOffset: row.offset });
    // A write beyond `known`, which is empty where nothing is kept, has no effect.
    known[logitsOffset / TOKENS] = 1;
    return row;
  };
}

/** Mean and Monte Carlo error over the paths, in Q8 half increments. */
function writeMoments(step: Step, paths: number, out: Int32Array): void {
  let sum = 0;
  for (let entry = 0; entry < step.size; entry++) sum += step.count[entry]! * step.meanQ8[entry]!;
  const mean = Math.floor(sum / paths);
  let squares = 0;
  for (let path = 0; path < paths; path++) {
    const deviation = step.meanQ8[step.entry[path]!]! - mean;
    squares += deviation * deviation;
  }
  out[0] = cut(mean);
  out[1] = paths === 1 ? 0 : cut(Math.floor(Math.sqrt(squares / (paths * (paths - 1)))));
}

/** The nearest that 32 bits hold: at the largest scale some 12 steps one way are past it. */
function cut(value: number): number {
  return Math.max(-(2 ** 31), Math.min(value, 2 ** 31 - 1));
}

/** Up, down and the quantiles from the weights by bin, which are left all zero. */
function writeShares(
  weights: Float64Array,
  { moveOf, bins, paths }: { moveOf: (bin: number) => number; bins: number; paths: number },
  out: Int32Array,
): void {
  const total = paths * PROBABILITY_ONE;
  let below = 0;
  let down = 0;
  let still = 0;
  let quantile = 0;
  for (let bin = 0; bin < bins; bin++) {
    const weight = weights[bin]!;
    if (weight === 0) continue;
    weights[bin] = 0;
    const move = moveOf(bin);
    if (move < 0) down += weight;
    else if (move === 0) still = weight;
    below += weight;
    while (quantile < 5 && below * 100 >= QUANTILE_PERCENTS[quantile as 0]! * total) {
      out[2 + quantile++] = move;
    }
  }
  out[0] = Math.floor((total - down - still) / paths);
  out[1] = Math.floor(down / paths);
}

/** The same from weights by bin in any order; the map is left empty. */
function writeWideShares(
  wide: Map<number, number>,
  { lowest, paths }: { lowest: number; paths: number },
  out: Int32Array,
): void {
  const sorted = [...wide].sort(([a], [b]) => a - b);
  wide.clear();
  const weights = Float64Array.from(sorted, ([, weight]) => weight);
  const moveOf = (at: number) => sorted[at]![0] + lowest;
  writeShares(weights, { moveOf, bins: sorted.length, paths }, out);
}
