/** A speculation as requests: what is awaited first, then the likeliest branches. */
import type { Speculation } from '#verifier/protocol';

/** What is asked of one context: the present, if it is wanted, and branches, likeliest first. */
export type Asking = Pick<Speculation, 'wantsPresent' | 'branches' | 'hints'>;

/**
 * Splits a speculation into requests of at most `contextsMax` contexts; one that fits stays whole.
 * A verifier answers each by itself, so that no branch waits for one less likely, and what the next
 * move has made useless is never begun. A present that is split off goes alone: it is late already.
 */
export function requestsOf(asking: Asking, contextsMax: number): Asking[] {
  const { wantsPresent, branches, hints } = asking;
  const contexts = branches.length + (wantsPresent ? 1 : 0);
  if (contexts <= contextsMax) return contexts === 0 ? [] : [asking];
  const hintsLength = hints === undefined ? 0 : hints.length / contexts;
  const requests: Asking[] = [];
  const take = (from: number, to: number, isPresent: boolean) => {
    const shift = wantsPresent ? 1 : 0;
    requests.push({
      wantsPresent: isPresent,
      branches: branches.slice(Math.max(0, from - shift), Math.max(0, to - shift)),
      hints: hints?.slice(from * hintsLength, to * hintsLength),
    });
  };
  let from = 0;
  if (wantsPresent) take(from, ++from, true);
  for (; from < contexts; from += contextsMax) {
    take(from, Math.min(from + contextsMax, contexts), false);
  }
  return requests;
}
