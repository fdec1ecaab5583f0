/** How long to wait before the next try: twice as long each time, up to a bound. */

export type BackOff = {
  nextNs(): number;
  restart(): void;
};

/** The steps are fixed: one edge has one verifier, so tries need not be spread by chance. */
export function createBackOff({
  retryFirstNs,
  retryMostNs,
}: {
  retryFirstNs: number;
  retryMostNs: number;
}): BackOff {
  let waitNs = retryFirstNs;
  return {
    nextNs() {
      const thisNs = waitNs;
      waitNs = Math.min(2 * waitNs, retryMostNs);
      return thisNs;
    },
    restart() {
      waitNs = retryFirstNs;
    },
  };
}
