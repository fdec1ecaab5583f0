/**
 * A draft as two graphs behind the model port: its state over a context, and whole speculations.
 *
 * One run drafts all moves of all paths. It has no entry in the middle of a path, so a move that is
 * known already is forced: its token gets a noise that nothing outbids, the others none. So paths
 * that the target corrected, and nodes of a trie that a pass asks for, are runs of the same graph.
 */
import { OutriderError } from '#engine';
import {
  type Model,
  type ModelSession,
  type NoiseWindow,
  nodeAt,
  type PathSet,
  scaleCode,
  scaleThreshold,
  TOKENS,
  type TrajectoryRange,
  type Trie,
} from '#law';
import { checkLogits } from './check-logits.ts';
import type { DraftSizes } from './draft-signature.ts';
import { type GraphRuntime, startGraphRuntime } from './graph-runtime.ts';
import type { loadDraftGraphs } from './load-graphs.ts';
import type { Views } from './port-memory.ts';
import type { OrtOptions } from './target.ts';

/** Logits are within 2^30 of 0, so no other sum comes near. */
const FORCED = 2 ** 31 - 1;
/** Moves of all paths of one run; a range of more takes several. */
const STEPS_MAX = 2 ** 15;
const UNKNOWN = [0, 0, 0] as const;

/** The runtime starts with the first session, and anew with the next one after it was lost. */
export function ortDraft(
  { hash, graphs, sizes, moves }: ReturnType<typeof loadDraftGraphs>,
  { name, ...options }: OrtOptions,
): Model {
  const { contextMoves } = sizes;
  const B = Math.floor(STEPS_MAX / moves);
  let runtime: GraphRuntime | undefined;
  const start = () => {
    if (runtime?.isLost === false) return runtime;
    runtime = startGraphRuntime({
      ...{ ...options, graphs },
      sizesMax: {
        'draft-context': { B: 1, M: contextMoves },
        'draft-speculation': { B, S: 1 },
      },
    });
    return runtime;
  };
  return {
    ...{ name, hash, kernel: options.kernel, contextMoves },
    // A recurrent state reaches back as far as the context does.
    window: contextMoves,
    sideInputs: 0,
    table: undefined,
    openSession: trie => openSession({ runtime: start(), sizes, movesMax: moves }, trie),
  };
}

type Workings = {
  readonly runtime: GraphRuntime;
  readonly sizes: DraftSizes;
  /** H of the graph. */
  readonly movesMax: number;
  readonly trie: Trie;
  readonly logits: Int32Array;
  readonly held: Held;
};

/** The context: its latest move, which the root's run reads, and the states around it. */
type Held = {
  latest: { token: number; code: number; nextCode: number } | undefined;
  readonly before: Float32Array;
  /** After the latest move, once it was worked out. */
  readonly after: Float32Array;
  isAfterKnown: boolean;
};

function openSession(
  parts: Pick<Workings, 'runtime' | 'sizes' | 'movesMax'>,
  trie: Trie,
): ModelSession {
  const { d, contextMoves } = parts.sizes;
  const held: Held = {
    latest: undefined,
    before: new Float32Array(d),
    after: new Float32Array(d),
    isAfterKnown: false,
  };
  const logits = new Int32Array(trie.nodesMax * TOKENS);
  const workings: Workings = { ...parts, trie, logits, held };
  return {
    logits,
    rows: Int32Array.from({ length: trie.nodesMax }, (_, node) => node * TOKENS),
    prefill(tokens, codes, nextCode) {
      const first = Math.max(0, tokens.length - contextMoves);
      prefill(workings, [tokens.subarray(first), codes.subarray(first)], nextCode);
    },
    append(token, code, nextCode) {
      if (held.latest !== undefined) {
        knowAfter(workings);
        held.before.set(held.after);
      }
      held.latest = { token, code, nextCode };
      held.isAfterKnown = false;
    },
    pass: (from, to) => pass(workings, from, to),
    draft: (set, range, noise) => draft(workings, { set, range, noise }),
    notReachedQ16: () => UNKNOWN,
  };
}

type Pairs = readonly [tokens: Uint8Array, codes: Uint8Array];

function prefill(workings: Workings, [tokens, codes]: Pairs, nextCode: number): void {
  const { runtime, held } = workings;
  const M = tokens.length - 1;
  held.before.fill(0);
  held.isAfterKnown = false;
  held.latest = M < 0 ? undefined : { token: tokens[M]!, code: codes[M]!, nextCode };
  if (M < 1) return;
  const answer = runtime.run('draft-context', { B: 1, M }, inputs => {
    inputs.state!.fill(0);
    inputs.tokens!.set(tokens.subarray(0, M));
    inputs.codes!.set(codes.subarray(0, M));
    inputs.next_codes!.set(codes.subarray(1));
  });
  held.before.set(answer.next_state!);
}

/** The state after the latest move; a run of its root has brought it most of the time. */
function knowAfter({ runtime, held }: Workings): void {
  const { latest, isAfterKnown } = held;
  if (latest === undefined || isAfterKnown) return;
  const answer = runtime.run('draft-context', { B: 1, M: 1 }, inputs => {
    inputs.state!.set(held.before);
    inputs.tokens![0] = latest.token;
    inputs.codes![0] = latest.code;
    inputs.next_codes![0] = latest.nextCode;
  });
  held.after.set(answer.next_state!);
  held.isAfterKnown = true;
}

type Speculation = {
  /** Nodes that paths start from: the root or children of it. */
  starts: ArrayLike<number>;
  /** Of each start. */
  paths: number;
  /** Writes `[start][path][H][64]`; all 0 before. */
  fillNoise(noise: Int32Array): void;
};

/** One run: `tokens` [start][path][H] and `logits` [start][path][H][64]. */
function speculate(workings: Workings, { starts, paths, fillNoise }: Speculation): Views {
  const { runtime, trie, held, sizes } = workings;
  const { latest } = held;
  if (latest === undefined) {
    throw new RangeError('the context is empty: prefill or append a pair first');
  }
  const B = starts.length;
  const root = Array.from(starts).indexOf(0);
  if (B > 1 || root < 0) knowAfter(workings);
  const answer = runtime.run('draft-speculation', { B, S: paths }, inputs => {
    for (let at = 0; at < B; at++) {
      const node = starts[at]!;
      inputs.state!.set(node === 0 ? held.before : held.after, at * sizes.d);
      inputs.token![at] = node === 0 ? latest.token : trie.token[node]!;
      inputs.code![at] = node === 0 ? latest.code : trie.tokenCode[node]!;
      inputs.scale![at] = scaleOf(trie, node);
    }
    inputs.noise!.fill(0);
    fillNoise(inputs.noise as Int32Array);
  });
  checkLogits(answer.logits as Int32Array);
  if (root >= 0 && !held.isAfterKnown) {
    held.after.set(answer.next_state!.subarray(root * sizes.d, (root + 1) * sizes.d));
    held.isAfterKnown = true;
  }
  return answer;
}

/** The code says the ladder; where a scale has another code, any scale of the code will do. */
function scaleOf({ scale, code }: Trie, node: number): number {
  const [own, named] = [scale[node]!, code[node]!];
  return scaleCode(own) === named ? own : scaleThreshold(named);
}

type Drafting = { set: PathSet; range: TrajectoryRange; noise: NoiseWindow };

function draft(workings: Workings, { set, range, noise }: Drafting): void {
  checkDepth(workings, set.moves);
  const { paths } = set;
  const contexts = Math.max(1, Math.floor(STEPS_MAX / (workings.movesMax * paths)));
  const end = range.to / paths;
  for (let context = range.from / paths; context < end; context += contexts) {
    const to = Math.min(context + contexts, end) * paths;
    draftRun(workings, { set, noise, range: { from: context * paths, to } });
  }
}

function draftRun(workings: Workings, { set, range, noise }: Drafting): void {
  const { movesMax, logits } = workings;
  const { from, to } = range;
  const { paths, moves, tokens, settled } = set;
  const answer = speculate(workings, {
    starts: set.startNode.subarray(from / paths, to / paths),
    paths,
    fillNoise(values) {
      for (let trajectory = from; trajectory < to; trajectory++) {
        const context = Math.floor(trajectory / paths);
        for (let h = 0; h < moves; h++) {
          const at = ((trajectory - from) * movesMax + h) * TOKENS;
          if (h < settled[trajectory]!) {
            values[at + tokens[trajectory * moves + h]!] = FORCED;
            continue;
          }
          const path = trajectory - context * paths;
          const offset = noise.offset(set.startIndex[context]! + h, path);
          values.set(noise.ring.values.subarray(offset, offset + TOKENS), at);
        }
      }
    },
  });
  for (let trajectory = from; trajectory < to; trajectory++) {
    for (let h = settled[trajectory]!; h < moves; h++) {
      const at = (trajectory - from) * movesMax + h;
      copyRow(answer, at, { logits, node: nodeAt(set, trajectory, h) });
      tokens[trajectory * moves + h] = answer.tokens![at]!;
    }
  }
}

/** Each node that no other of the pass goes on from is the end of a path, all of it forced. */
function pass(workings: Workings, from: number, to: number): void {
  const { trie, logits, movesMax } = workings;
  if (from === 0) {
    const answer = speculate(workings, { starts: [0], paths: 1, fillNoise() {} });
    copyRow(answer, 0, { logits, node: 0 });
  }
  const isInner = new Uint8Array(to);
  for (let node = Math.max(1, from); node < to; node++) isInner[trie.parent[node]!] = 1;
  const ends: number[] = [];
  for (let node = Math.max(1, from); node < to; node++) if (isInner[node] === 0) ends.push(node);
  const pathsMax = Math.floor(STEPS_MAX / movesMax);
  for (let at = 0; at < ends.length; at += pathsMax) {
    const branches = ends.slice(at, at + pathsMax).map(node => branchTo(trie, node));
    for (const branch of branches) checkDepth(workings, branch.length);
    const answer = speculate(workings, {
      starts: branches.map(branch => branch[0]!),
      paths: 1,
      fillNoise: values => forceBranches(workings, branches, values),
    });
    for (const [path, branch] of branches.entries()) {
      for (const [h, node] of branch.entries()) {
        if (node >= from) copyRow(answer, path * movesMax + h, { logits, node });
      }
    }
  }
}

/** The nodes down to this one, from a child of the root on. */
function branchTo({ parent }: Trie, node: number): number[] {
  const branch: number[] = [];
  for (let each = node; each > 0; each = parent[each]!) branch.push(each);
  return branch.reverse();
}

function forceBranches(
  { trie, movesMax }: Workings,
  branches: number[][],
  noise: Int32Array,
): void {
  for (const [path, branch] of branches.entries()) {
    for (let h = 1; h < branch.length; h++) {
      noise[(path * movesMax + h - 1) * TOKENS + trie.token[branch[h]!]!] = FORCED;
    }
  }
}

function copyRow(answer: Views, row: number, to: { logits: Int32Array; node: number }): void {
  to.logits.set(answer.logits!.subarray(row * TOKENS, (row + 1) * TOKENS), to.node * TOKENS);
}

function checkDepth({ movesMax }: Workings, moves: number): void {
  if (moves <= movesMax) return;
  throw new OutriderError(
    'bad-config',
    `moves: ${moves}, the draft's graph drafts ${movesMax}; run with --moves ${movesMax} or ` +
      `fewer, or export it with --moves ${moves}`,
  );
}
