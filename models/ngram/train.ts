/** Training of a back-off n-gram: counts of tokens after contexts, smoothed by shorter ones. */
import { PROBABILITY_ONE, SCALE_CODES, TOKENS } from '#law';
import { type NgramTable, NOT_REACHED_HORIZONS, NOT_REACHED_MOVES } from './table.ts';

export type TrainingOptions = {
  /** Previous tokens a context holds at most. */
  order: number;
  /** Weight k of the shorter context, in moves: P = (count + k P_shorter) / (n + k). */
  smoothingMoves: number;
  /** Moves a context must have been seen after to keep a row of its own. */
  movesMin: number;
};

type Counts = { moves: number; next: Float64Array; longer: Map<number, Counts> };

export type Counter = {
  options: TrainingOptions;
  everything: Counts;
  codes: (Counts | undefined)[];
  durations: Float64Array;
  durationMoves: Float64Array;
};

const HORIZON_NS = [1e8, 1e9, 1e10];

const newCounts = (): Counts => ({ moves: 0, next: new Float64Array(TOKENS), longer: new Map() });

export function createCounter(options: TrainingOptions): Counter {
  return {
    options,
    everything: newCounts(),
    codes: Array.from({ length: SCALE_CODES }, () => undefined),
    durations: new Float64Array(SCALE_CODES * NOT_REACHED_MOVES * NOT_REACHED_HORIZONS),
    durationMoves: new Float64Array(SCALE_CODES * NOT_REACHED_MOVES),
  };
}

/** One stretch of moves of one instrument: tokens, the codes they were coded under, times. */
export type MoveSequence = { tokens: Uint8Array; codes: Uint8Array; timesNs: Float64Array };

export function countSequence(counter: Counter, sequence: MoveSequence): void {
  const { tokens, codes } = sequence;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    const code = codes[at]!;
    tally(counter.everything, token);
    counter.codes[code] ??= newCounts();
    let counts = counter.codes[code]!;
    tally(counts, token);
    for (let back = 1; back <= Math.min(counter.options.order, at); back++) {
      const previous = tokens[at - back]!;
      let longer = counts.longer.get(previous);
      if (longer === undefined) {
        longer = newCounts();
        counts.longer.set(previous, longer);
      }
      counts = longer;
      tally(counts, token);
    }
  }
  countDurations(counter, sequence);
}

function tally(counts: Counts, token: number): void {
  counts.moves++;
  counts.next[token] = counts.next[token]! + 1;
}

/** How often h moves took less than each wall-clock horizon, after a move that left this code. */
function countDurations(counter: Counter, { codes, timesNs }: MoveSequence): void {
  for (let at = 0; at + 1 < codes.length; at++) {
    const code = codes[at + 1]!;
    for (let moves = 1; moves <= NOT_REACHED_MOVES && at + moves < codes.length; moves++) {
      const row = code * NOT_REACHED_MOVES + moves - 1;
      const elapsedNs = timesNs[at + moves]! - timesNs[at]!;
      counter.durationMoves[row] = counter.durationMoves[row]! + 1;
      for (let horizon = 0; horizon < NOT_REACHED_HORIZONS; horizon++) {
        if (elapsedNs >= HORIZON_NS[horizon]!) continue;
        const cell = row * NOT_REACHED_HORIZONS + horizon;
        counter.durations[cell] = counter.durations[cell]! + 1;
      }
    }
  }
}

/** Freezes the counts to a table, contexts in token order: equal counts give equal bytes. */
export function buildTable(counter: Counter): NgramTable {
  const { options } = counter;
  const rowOf: number[] = [];
  const blockOf: number[] = [];
  const blocks: Int32Array[] = [];
  const rows: Int16Array[] = [];

  const add = (counts: Counts, shorter: Float64Array): number => {
    const probabilities = smoothed(counts, shorter, options.smoothingMoves);
    const context = rowOf.length;
    rowOf.push(rows.length);
    rows.push(rowQ10(probabilities));
    blockOf.push(-1);
    const kept = [...counts.longer].filter(([, c]) => c.moves >= options.movesMin);
    if (kept.length === 0) return context;
    const block = new Int32Array(TOKENS).fill(-1);
    blockOf[context] = blocks.length;
    blocks.push(block);
    for (const [token, longer] of kept.sort(([a], [b]) => a - b)) {
      block[token] = add(longer, probabilities);
    }
    return context;
  };

  const uniform = new Float64Array(TOKENS).fill(1 / TOKENS);
  add(counter.everything, uniform);
  const everything = smoothed(counter.everything, uniform, options.smoothingMoves);
  const roots = Int32Array.from(counter.codes, counts =>
    counts === undefined ? -1 : add(counts, everything),
  );
  return {
    order: options.order,
    roots,
    rowOf: Int32Array.from(rowOf),
    blockOf: Int32Array.from(blockOf),
    blocks: Int32Array.from(blocks.flatMap(block => [...block])),
    rows: Int16Array.from(rows.flatMap(row => [...row])),
    notReached: notReached(counter),
  };
}

function smoothed(counts: Counts, shorter: Float64Array, strength: number): Float64Array {
  return shorter.map((p, v) => (counts.next[v]! + strength * p) / (counts.moves + strength));
}

function rowQ10(probabilities: Float64Array): Int16Array {
  const floor = 1 / PROBABILITY_ONE;
  return Int16Array.from(probabilities, p => Math.round(1024 * Math.log(Math.max(p, floor))));
}

/** A code that was never seen takes the pooled share of all codes. */
function notReached({ durations, durationMoves }: Counter): Uint16Array {
  const pooled = (moves: number, horizon: number) => {
    let reached = 0;
    let total = 0;
    for (let code = 0; code < SCALE_CODES; code++) {
      const row = code * NOT_REACHED_MOVES + moves;
      reached += durations[row * NOT_REACHED_HORIZONS + horizon]!;
      total += durationMoves[row]!;
    }
    return total === 0 ? 0 : reached / total;
  };
  return Uint16Array.from(durations, (reached, cell) => {
    const row = Math.floor(cell / NOT_REACHED_HORIZONS);
    const total = durationMoves[row]!;
    const share =
      total > 0 ? reached / total : pooled(row % NOT_REACHED_MOVES, cell % NOT_REACHED_HORIZONS);
    return Math.min(65_535, Math.round(65_536 * share));
  });
}
