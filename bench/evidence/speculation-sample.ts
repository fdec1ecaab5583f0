/** A speculation that came back before its move, with the branch that the market took. */
import type { Nanoseconds } from '#engine';
import { type Context, scaleCode, scaleStep, TOKEN_MOVES, TOKENS, tokenOf } from '#law';
import type { SettledContext, Verdict } from '#verifier/protocol';
import { happenedAfter } from './forecast-outcomes.ts';
import type { MarketPlace, MarketWatch } from './market-watch.ts';
import type { MoveHistory } from './move-history.ts';

/** All moves in half price increments from the mid at which the speculation was made. */
export type SpeculationTree = {
  timeNs: Nanoseconds;
  midHalfIncrements: number;
  /** Mids before it, oldest first, from that mid. */
  before: number[];
  /** In the draft's order, likeliest first. */
  branches: TreeBranch[];
  /** Index of the branch the market took. */
  taken: number;
  /** The mid after each move that came: the branch's own and those of its paths. */
  happened: number[];
};

export type TreeBranch = {
  moveHalfIncrements: number;
  /** Settled paths, the mid after each move from the branch's own on: `[path][move]`. */
  paths: number[][];
};

export type SpeculationSample = {
  /** The edge's context, and where it stands. */
  onVerdict(
    verdict: Verdict,
    at: { context: Context; place: MarketPlace },
    timeNs: Nanoseconds,
  ): void;
  /** Looks whether a branch was taken by the last quote that was shown. */
  judge(): void;
  /** The latest kept: every hit whose number is a power of two, so of the run's later half. */
  readonly hit: SpeculationTree | undefined;
};

type Candidate = MarketPlace & {
  moveIndex: number;
  /** Of all verdicts so far on the speculation, the likeliest first. */
  branches: BranchContext[];
  scale: number;
  timeNs: Nanoseconds;
};

const BEFORE_MAX = 12;
/** Paths kept of a tree: of the branch taken, and of each other one. */
const TAKEN_PATHS_MAX = 64;
const OTHER_PATHS_MAX = 4;

export function createSpeculationSample(watch: MarketWatch, moves: number): SpeculationSample {
  const { history } = watch;
  let candidate: Candidate | undefined;
  let awaited: Candidate | undefined;
  let hit: SpeculationTree | undefined;
  let hits = 0;

  const noteMove = () => {
    if (candidate === undefined || history.count <= candidate.count) return;
    const answered = candidate;
    candidate = undefined;
    if (answered.epoch !== watch.epoch) return;
    if (takenBranch(answered, history) === undefined) return;
    hits++;
    if ((hits & (hits - 1)) === 0) awaited = answered;
  };
  const noteKept = () => {
    if (awaited === undefined) return;
    const isVoid = awaited.epoch !== watch.epoch;
    if (!isVoid && history.count - awaited.count <= moves) return;
    if (!isVoid) hit = treeOf(awaited, history, moves) ?? hit;
    awaited = undefined;
  };

  return {
    get hit() {
      return hit;
    },
    onVerdict(verdict, { context, place }, timeNs) {
      const { epoch, moveIndex, scale } = context;
      if (verdict.epoch !== epoch || verdict.moveIndex !== moveIndex) return;
      const branches = branchesOf(verdict);
      if (branches.length === 0) return;
      const isMore = candidate?.epoch === place.epoch && candidate.moveIndex === moveIndex;
      if (isMore) candidate!.branches.push(...branches);
      else candidate = { ...place, moveIndex, branches, scale, timeNs };
    },
    judge() {
      noteMove();
      noteKept();
    },
  };
}

type BranchContext = SettledContext & { branch: number };

const branchesOf = ({ contexts }: Verdict) =>
  contexts.filter((context): context is BranchContext => context.branch !== undefined);

/** Which branch assumed the first move that came. */
function takenBranch(
  { branches, scale, count }: Candidate,
  history: MoveHistory,
): number | undefined {
  const [first] = happenedAfter(count, 1, history) ?? [];
  if (first === undefined || first === 0) return undefined;
  const token = tokenOf(first, scaleCode(scale));
  const at = branches.findIndex(({ branch }) => branch === token);
  return at < 0 ? undefined : at;
}

function treeOf(
  candidate: Candidate,
  history: MoveHistory,
  moves: number,
): SpeculationTree | undefined {
  const { scale, timeNs, count } = candidate;
  const taken = takenBranch(candidate, history);
  const happened = happenedAfter(count, moves + 1, history);
  if (taken === undefined || happened === undefined) return undefined;
  const midHalfIncrements = history.midAfter(count)!;
  return {
    timeNs,
    midHalfIncrements,
    before: midsBefore(count, history).map(mid => mid - midHalfIncrements),
    branches: candidate.branches.map((context, at) =>
      treeBranch(context, scale, at === taken ? TAKEN_PATHS_MAX : OTHER_PATHS_MAX),
    ),
    taken,
    happened,
  };
}

function midsBefore(count: number, history: MoveHistory): number[] {
  const mids: number[] = [];
  for (let back = 0; back <= BEFORE_MAX; back++) {
    const mid = history.midAfter(count - back);
    if (mid === undefined) break;
    mids.unshift(mid);
  }
  return mids;
}

function treeBranch(
  { branch, tokens, accepted }: BranchContext,
  scale: number,
  pathsMax: number,
): TreeBranch {
  const paths = accepted.length;
  const moves = tokens.length / paths;
  const code = scaleCode(scale);
  const moveHalfIncrements = TOKEN_MOVES[code * TOKENS + branch]!;
  const start = { scale: scaleStep(scale, code, branch), displacement: moveHalfIncrements };
  const kept = Array.from({ length: Math.min(paths, pathsMax) }, (_, path) =>
    displacements(tokens.subarray(path * moves, (path + 1) * moves), start),
  );
  return { moveHalfIncrements, paths: kept };
}

function displacements(
  tokens: Uint8Array,
  start: { scale: number; displacement: number },
): number[] {
  let { scale, displacement } = start;
  const path = [displacement];
  for (const token of tokens) {
    const code = scaleCode(scale);
    displacement += TOKEN_MOVES[code * TOKENS + token]!;
    scale = scaleStep(scale, code, token);
    path.push(displacement);
  }
  return path;
}
