/** Settlement: the target picks every move of every path; drafts only save it passes. */
import { draftPaths, type TrajectoryRange } from './drafting.ts';
import { passNewNodes, queueChoice, type Runner } from './passes.ts';
import { nodeAt, type PathSet } from './paths.ts';

export type SettlementCounts = {
  /** Passes of the target. */
  passes: number;
  /** Moves proposed to the target, and how many of them it picked itself. */
  drafted: number;
  accepted: number;
  /** Trie nodes the target evaluated. */
  verified: number;
};

export type Settler = {
  target: Runner;
  /** The verifier's own copy of the draft; without one the target runs alone, a move a pass. */
  draft: Runner | undefined;
  /** Contexts packed into one pass of the target. */
  contextsPerPass: number;
};

/**
 * Settles every trajectory of the set. `hinted` says that its tokens hold drafts already (the
 * edge's ids): they are hints, the result does not depend on them.
 */
export function settle(settler: Settler, set: PathSet, hinted: boolean): SettlementCounts {
  const counts: SettlementCounts = { passes: 0, drafted: 0, accepted: 0, verified: 0 };
  const before = settler.target.evaluated;
  for (let context = 0; context < set.contexts; context += settler.contextsPerPass) {
    const end = Math.min(context + settler.contextsPerPass, set.contexts);
    settleRange(settler, set, {
      range: { from: context * set.paths, to: end * set.paths },
      hinted,
      counts,
    });
  }
  counts.verified = settler.target.evaluated - before;
  return counts;
}

function settleRange(
  { target, draft }: Settler,
  set: PathSet,
  { range, hinted, counts }: { range: TrajectoryRange; hinted: boolean; counts: SettlementCounts },
): void {
  if (draft === undefined) {
    counts.passes += draftPaths(target, set, range);
    set.settled.fill(set.moves, range.from, range.to);
    return;
  }
  if (hinted) followTokens(set, range);
  else draftPaths(draft, set, range);
  for (;;) {
    if (passNewNodes(target, set)) counts.passes++;
    if (acceptRound(target, set, { range, counts })) return;
    draftPaths(draft, set, range);
  }
}

/** Adds the nodes of tokens that came with the request. */
function followTokens(set: PathSet, range: TrajectoryRange): void {
  for (let trajectory = range.from; trajectory < range.to; trajectory++) {
    for (let h = 0; h < set.moves; h++) nodeAt(set, trajectory, h);
  }
}

/** Accepts each path up to its first mismatch, which becomes the target's pick; true when done. */
function acceptRound(
  target: Runner,
  set: PathSet,
  { range, counts }: { range: TrajectoryRange; counts: SettlementCounts },
): boolean {
  const { moves, settled, tokens } = set;
  let entry = 0;
  for (let trajectory = range.from; trajectory < range.to; trajectory++) {
    for (let h = settled[trajectory]!; h < moves; h++) {
      queueChoice(target, set, { entry: entry++, trajectory, h });
    }
  }
  target.chooser.choose(entry);
  entry = 0;
  let done = true;
  for (let trajectory = range.from; trajectory < range.to; trajectory++) {
    const first = settled[trajectory]!;
    counts.drafted += moves - first;
    const { choices } = target.chooser;
    let h = first;
    while (h < moves && tokens[trajectory * moves + h] === choices[entry + h - first]) h++;
    counts.accepted += h - first;
    if (first === 0) set.accepted[trajectory] = h;
    if (h < moves) {
      tokens[trajectory * moves + h] = choices[entry + h - first]!;
      h++;
    }
    entry += moves - first;
    settled[trajectory] = h;
    if (h < moves) done = false;
  }
  return done;
}
