/** Packed passes of one model over a trie, and the coupled choices at its nodes. */
import { type Chooser, createChooser } from '#native';
import type { Model, ModelSession } from './model.ts';
import type { NoiseWindow } from './noise-window.ts';
import type { PathSet } from './paths.ts';

/** A model at work on one instrument: its session over the trie, its chooser. */
export type Runner = {
  readonly model: Model;
  readonly session: ModelSession;
  readonly noise: NoiseWindow;
  readonly chooser: Chooser;
  /** Nodes of the present trie that have their rows. */
  evaluated: number;
};

export function createRunner(model: Model, noise: NoiseWindow, set: PathSet): Runner {
  const session = model.openSession(set.trie);
  return {
    model,
    session,
    noise,
    chooser: createChooser({
      logits: session.logits,
      noise: noise.ring,
      rowsMax: set.contextsMax * set.paths * set.moves,
    }),
    evaluated: 0,
  };
}

/** One packed pass over all nodes that have no rows yet; false when there were none. */
export function passNewNodes(runner: Runner, { trie }: PathSet): boolean {
  if (runner.evaluated === trie.size) return false;
  runner.session.pass(runner.evaluated, trie.size);
  runner.evaluated = trie.size;
  return true;
}

/** Queues the choice of move `h` of a trajectory as entry `entry` of the batch. */
export function queueChoice(
  runner: Runner,
  set: PathSet,
  { entry, trajectory, h }: { entry: number; trajectory: number; h: number },
): void {
  const context = Math.floor(trajectory / set.paths);
  const path = trajectory - context * set.paths;
  const { rowOffsets, noiseOffsets } = runner.chooser;
  rowOffsets[entry] = runner.session.rows[set.nodes[trajectory * set.moves + h]!]!;
  noiseOffsets[entry] = runner.noise.offset(set.startIndex[context]! + h, path);
}
