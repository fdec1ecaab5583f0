/** One kind of failure: how it is brought about in a running world, and what it leaves there. */
import type { SeededRandom } from '#engine';
import type { World } from '../world.ts';

export type FailureGroup =
  | 'journal'
  | 'snapshot'
  | 'send'
  | 'receive'
  | 'start'
  | 'disk'
  | 'process'
  | 'network'
  | 'log'
  | 'venue'
  | 'edge'
  | 'primary'
  | 'standby'
  | 'witness';

/** Of a world with one gateway, or with a pair of them. */
export type Failure<W = World> = {
  name: string;
  group: FailureGroup;
  /**
   * Resolves once it has happened, and all that only it can undo is undone; the gateway may be dead
   * then. Throws `FailureMissed` where the point was not reached.
   */
  inflict(world: W, random: SeededRandom): Promise<void>;
};

/** The gateway never came to the point where it was to fail: nothing was tried. */
export class FailureMissed extends Error {}

/** From `least` to `most`, both included. */
export function between(random: SeededRandom, least: number, most: number): number {
  return least + Math.floor(random.nextFloat() * (most - least + 1));
}

export function oneOf<T>(random: SeededRandom, values: readonly [T, ...T[]]): T {
  return values[between(random, 0, values.length - 1)]!;
}

export const pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));

/** Looks until it is so; false where it is not in time. */
export async function waitFor(
  isSo: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<boolean> {
  const endMs = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > endMs) return false;
    await pause(5);
  }
  return true;
}
