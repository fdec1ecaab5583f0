/** The slow features of a live run: fed behind each batch, frozen where the markets then stand. */
import type { RunFolder } from '#bench';
import type { Edge } from '#edge';
import { createSlowPool, type SlowVersion, type Tick } from '#market';
import { sideInputFreezer } from './side-inputs.ts';

export type SlowInputs = {
  /** After the batch's work is done. */
  note(ticks: readonly Tick[]): void;
  /** Hands what was noted to the pool. */
  turn(): void;
  /** Writes the last version into the run folder. */
  close(): Promise<void>;
};

/** A version and the move each instrument stood at when it came back: its place in the log. */
type Frozen = SlowVersion & { at: { symbol: string; epoch: number; moveIndex: number }[] };

/**
 * A target that takes side inputs is given them, each version an event of the edge's log. The pair
 * that ships takes none: then no forecast's identity names a version, the log holds none, and the
 * versions are for whoever reads the run.
 */
export function startSlowInputs(
  edge: Edge,
  sideInputs: number,
  folder: Pick<RunFolder, 'writeSlowFeatures'>,
): SlowInputs {
  const { instruments } = edge.state;
  const freeze = sideInputFreezer(edge, sideInputs);
  let last: Frozen | undefined;
  const pool = createSlowPool(instruments.length, version => {
    freeze(version);
    const at = instruments.map(({ context }) => {
      const { symbol, epoch, moveIndex } = context;
      return { symbol, epoch, moveIndex };
    });
    last = { ...version, at };
  });
  return {
    note: ticks => pool.note(ticks),
    turn: () => pool.flush(),
    async close() {
      await pool.close();
      const { missed } = pool;
      folder.writeSlowFeatures(`${JSON.stringify({ missed, last: last ?? null }, null, 2)}\n`);
    },
  };
}
