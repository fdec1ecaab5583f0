/** The latest mids of an instrument, one a change, as its quotes showed them. */

export type MoveHistory = {
  /** Changes of the mid so far. */
  readonly count: number;
  /** The mid after `count` changes, in half price increments; undefined before the first quote. */
  readonly midHalfIncrements: number | undefined;
  /** The change the quote brings to the mid; 0 for the first. */
  show(midHalfIncrements: number): number;
  /** The mid after so many changes; undefined where there were not as many, or it is forgotten. */
  midAfter(count: number): number | undefined;
};

/** Mids remembered: more than a batch of ticks and the longest forecast need. */
const MIDS = 4096;

export function createMoveHistory(): MoveHistory {
  const mids = new Float64Array(MIDS);
  let count = 0;
  let mid: number | undefined;
  return {
    get count() {
      return count;
    },
    get midHalfIncrements() {
      return mid;
    },
    show(next) {
      const move = mid === undefined ? 0 : next - mid;
      if (move !== 0) count++;
      mid = next;
      mids[count % MIDS] = next;
      return move;
    },
    midAfter(changes) {
      const isKnown = mid !== undefined && changes >= 0 && changes <= count;
      return isKnown && count - changes < MIDS ? mids[changes % MIDS]! : undefined;
    },
  };
}
