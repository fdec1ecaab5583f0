/** Drafting: a model runs on from where each trajectory is settled, all of them step by step. */

import { passNewNodes, queueChoice, type Runner } from './passes.ts';
import { nodeAt, type PathSet } from './paths.ts';

/** Trajectories `from` to `to - 1`, as `context * S + path`. */
export type TrajectoryRange = { from: number; to: number };

/** Fills every unsettled move of the range with the model's own token; returns its passes. */
export function draftPaths(runner: Runner, set: PathSet, range: TrajectoryRange): number {
  const { moves, settled, tokens } = set;
  if (runner.session.draft !== undefined) {
    runner.session.draft(set, range, runner.noise);
    // Nodes that others put there keep no row: drafts are chosen in the run, not from rows.
    runner.evaluated = set.trie.size;
    return 1;
  }
  let passes = 0;
  for (let h = 0; h < moves; h++) {
    for (let trajectory = range.from; trajectory < range.to; trajectory++) {
      if (settled[trajectory]! <= h) nodeAt(set, trajectory, h);
    }
    if (passNewNodes(runner, set)) passes++;
    let entry = 0;
    for (let trajectory = range.from; trajectory < range.to; trajectory++) {
      if (settled[trajectory]! <= h) queueChoice(runner, set, { entry: entry++, trajectory, h });
    }
    runner.chooser.choose(entry);
    entry = 0;
    for (let trajectory = range.from; trajectory < range.to; trajectory++) {
      if (settled[trajectory]! <= h) {
        tokens[trajectory * moves + h] = runner.chooser.choices[entry++]!;
      }
    }
  }
  return passes;
}
