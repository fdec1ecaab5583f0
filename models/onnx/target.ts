/**
 * A target as three graphs behind the model port: prefill, one move, and packed verification.
 *
 * `target-packed` answers logits and no keys and values, so a pass runs the ancestors of its nodes
 * once more: at most the trie's depth for each new node, and shared ones once.
 */
import { type Model, type ModelSession, TOKENS, type Trie } from '#law';
import { checkLogits } from './check-logits.ts';
import { type GraphRuntime, type OrtKernel, startGraphRuntime } from './graph-runtime.ts';
import type { loadTargetGraphs } from './load-graphs.ts';
import type { Views } from './port-memory.ts';
import type { TargetSizes } from './target-signature.ts';

export type OrtOptions = {
  readonly name: string;
  readonly kernel: OrtKernel;
  /** Threads of the runtime for one run. */
  readonly threads: number;
  /** Longest wait for a run, milliseconds; for tests. */
  readonly runMsMax?: number;
};

/** Rows of one run; a pass of more, ancestors included, takes several. */
const ROWS_MAX = 4096;
/** The root and its children: where forecasts begin. */
const STARTS = 1 + TOKENS;
const CHANCES = 96;
const HORIZONS = 130;

/** The runtime starts with the first session, and anew with the next one after it was lost. */
export function ortTarget(
  { hash, graphs, sizes }: ReturnType<typeof loadTargetGraphs>,
  { name, ...options }: OrtOptions,
): Model {
  const { contextMoves, window } = sizes;
  let runtime: GraphRuntime | undefined;
  const start = () => {
    if (runtime?.isLost === false) return runtime;
    runtime = startGraphRuntime({
      ...{ ...options, graphs },
      sizesMax: {
        'target-prefill': { B: 1, C: contextMoves, Q: window - 1 },
        'target-move': { B: 1, P: window - 1, Q: window - 1 },
        'target-packed': { B: 1, P: window - 1, N: ROWS_MAX },
      },
    });
    return runtime;
  };
  return {
    ...{ name, hash, kernel: options.kernel, contextMoves, window },
    sideInputs: 0,
    table: undefined,
    openSession: trie => openSession(start(), sizes, trie),
  };
}

/** The context: what its latest move says, and the keys and values of its latest positions. */
type Held = {
  cache: Float32Array;
  positions: number;
  readonly row: Int32Array;
};

type Workings = {
  readonly runtime: GraphRuntime;
  readonly sizes: TargetSizes;
  readonly trie: Trie;
  readonly logits: Int32Array;
  readonly held: Held;
  /** Of the root and, by their tokens, its children. */
  readonly chances: Int32Array;
  readonly horizons: Int32Array;
  readonly batch: Batch;
};

/** Nodes of the run being packed, parents first; `rowOf` is -1 for a node that is not in it. */
type Batch = { readonly nodes: Int32Array; readonly rowOf: Int32Array; size: number };

function openSession(runtime: GraphRuntime, sizes: TargetSizes, trie: Trie): ModelSession {
  const { layers, d, window, contextMoves } = sizes;
  const workings: Workings = {
    ...{ runtime, sizes, trie },
    logits: new Int32Array(trie.nodesMax * TOKENS),
    held: {
      cache: new Float32Array(layers * 2 * (window - 1) * d),
      positions: 0,
      row: new Int32Array(TOKENS),
    },
    chances: new Int32Array(STARTS * CHANCES),
    horizons: new Int32Array(STARTS * HORIZONS),
    batch: {
      nodes: new Int32Array(Math.min(trie.nodesMax, ROWS_MAX)),
      rowOf: new Int32Array(trie.nodesMax).fill(-1),
      size: 0,
    },
  };
  const { logits, chances, horizons, held } = workings;
  const startOf = (node: number) => (node === 0 ? 0 : 1 + trie.token[node]!);
  return {
    logits,
    rows: Int32Array.from({ length: trie.nodesMax }, (_, node) => node * TOKENS),
    prefill(tokens, codes, nextCode) {
      const first = Math.max(0, tokens.length - contextMoves);
      held.positions = 0;
      if (tokens.length > 0)
        prefill(workings, [tokens.subarray(first), codes.subarray(first)], nextCode);
    },
    append(token, code, nextCode) {
      // A cache of no positions is none that a graph takes.
      if (held.positions === 0) prefill(workings, [[token], [code]], nextCode);
      else append(workings, { token, code, nextCode });
    },
    pass: (from, to) => pass(workings, from, to),
    notReachedQ16(node, moves) {
      const at = startOf(node) * CHANCES + (moves - 1) * 3;
      return [chances[at]!, chances[at + 1]!, chances[at + 2]!];
    },
    longHorizons(node) {
      const at = startOf(node) * HORIZONS;
      return horizons.subarray(at, at + HORIZONS);
    },
  };
}

type Pairs = readonly [tokens: ArrayLike<number>, codes: ArrayLike<number>];

function prefill(workings: Workings, [tokens, codes]: Pairs, nextCode: number): void {
  const { runtime, sizes } = workings;
  const C = tokens.length;
  const Q = Math.min(C, sizes.window - 1);
  const answer = runtime.run('target-prefill', { B: 1, C, Q }, inputs => {
    inputs.tokens!.set(tokens);
    inputs.codes!.set(codes);
    for (let at = 1; at < C; at++) inputs.next_codes![at - 1] = codes[at]!;
    inputs.next_codes![C - 1] = nextCode;
  });
  hold(workings, answer, Q);
}

type Move = { token: number; code: number; nextCode: number };

function append(workings: Workings, { token, code, nextCode }: Move): void {
  const { runtime, sizes, held } = workings;
  const P = held.positions;
  const Q = Math.min(P + 1, sizes.window - 1);
  const answer = runtime.run('target-move', { B: 1, P, Q }, inputs => {
    inputs.token![0] = token;
    inputs.code![0] = code;
    inputs.next_code![0] = nextCode;
    inputs.cache!.set(held.cache.subarray(0, inputs.cache!.length));
  });
  hold(workings, answer, Q);
}

/** Keeps what a context's latest move says: it is the root of every trie until the next one. */
function hold({ held, chances, horizons }: Workings, answer: Views, positions: number): void {
  held.cache.set(answer.next_cache!);
  held.positions = positions;
  held.row.set(answer.logits!);
  checkLogits(held.row);
  chances.set(answer.not_reached!);
  horizons.set(answer.horizons!);
}

function pass(workings: Workings, from: number, to: number): void {
  const { trie, logits, held, batch } = workings;
  if (held.positions === 0) {
    throw new RangeError('the context is empty: prefill or append a pair first');
  }
  if (from === 0) logits.set(held.row);
  let first = Math.max(1, from);
  for (let node = first; node < to; node++) {
    let missing = 0;
    for (let each = node; each > 0 && batch.rowOf[each]! < 0; each = trie.parent[each]!) missing++;
    if (batch.size + missing > batch.nodes.length) {
      runPacked(workings, first);
      first = node;
    }
    pack(workings, node);
  }
  if (batch.size > 0) runPacked(workings, first);
}

/** Adds a node behind those of its ancestors that are not in the run yet. */
function pack({ trie, batch }: Workings, node: number): void {
  let depth = 0;
  for (let each = node; each > 0 && batch.rowOf[each]! < 0; each = trie.parent[each]!) depth++;
  let at = batch.size + depth;
  batch.size = at;
  for (let each = node; depth > 0; each = trie.parent[each]!, depth--) {
    batch.nodes[--at] = each;
    batch.rowOf[each] = at;
  }
}

/** Runs what is packed; nodes before `first` are in it for their descendants alone. */
function runPacked(workings: Workings, first: number): void {
  const { runtime, trie, batch, held, logits, chances, horizons } = workings;
  const N = batch.size;
  const P = held.positions;
  const answer = runtime.run('target-packed', { B: 1, P, N }, inputs =>
    fillPacked(workings, inputs),
  );
  checkLogits(answer.logits as Int32Array);
  for (let row = 0; row < N; row++) {
    const node = batch.nodes[row]!;
    batch.rowOf[node] = -1;
    if (node < first) continue;
    copyRow(answer.logits!, row, { to: logits, at: node, width: TOKENS });
    if (trie.parent[node] !== 0) continue;
    const at = 1 + trie.token[node]!;
    copyRow(answer.not_reached!, row, { to: chances, at, width: CHANCES });
    copyRow(answer.horizons!, row, { to: horizons, at, width: HORIZONS });
  }
  batch.size = 0;
}

/** `reads` names rows, the context's positions first; a node reads what its parent reads. */
function fillPacked({ trie, batch, held, sizes }: Workings, inputs: Views): void {
  const { window } = sizes;
  const P = held.positions;
  const reads = inputs.reads!;
  inputs.cache!.set(held.cache.subarray(0, inputs.cache!.length));
  for (let row = 0; row < batch.size; row++) {
    const node = batch.nodes[row]!;
    inputs.tokens![row] = trie.token[node]!;
    inputs.codes![row] = trie.tokenCode[node]!;
    inputs.next_codes![row] = trie.code[node]!;
    const at = row * window;
    reads[at] = P + row;
    const parent = trie.parent[node]!;
    const parentAt = batch.rowOf[parent]! * window;
    for (let back = 1; back < window; back++) {
      reads[at + back] = parent === 0 ? Math.max(P - back, -1) : reads[parentAt + back - 1]!;
    }
  }
}

function copyRow(
  from: ArrayLike<number>,
  row: number,
  { to, at, width }: { to: Int32Array; at: number; width: number },
): void {
  for (let column = 0; column < width; column++) {
    to[at * width + column] = from[row * width + column]!;
  }
}
