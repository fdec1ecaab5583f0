/** How many speculations may be under way: fewer once the verifier stopped answering in time. */

export type BreakerConfig = {
  /** Speculations of one instrument that may await their verdict. */
  outstandingMax: number;
  /** Deadlines missed in a row after which only one probe at a time goes out. */
  missesMax: number;
};

export type Breaker = {
  /** Whether another speculation may go out while `outstanding` await their verdict. */
  allows(outstanding: number): boolean;
  onVerdict(): void;
  onDeadlineMissed(): void;
  readonly isOpen: boolean;
};

export function createBreaker({ outstandingMax, missesMax }: BreakerConfig): Breaker {
  let misses = 0;
  return {
    allows: outstanding => outstanding < (misses >= missesMax ? 1 : outstandingMax),
    onVerdict() {
      misses = 0;
    },
    onDeadlineMissed() {
      misses++;
    },
    get isOpen() {
      return misses >= missesMax;
    },
  };
}
