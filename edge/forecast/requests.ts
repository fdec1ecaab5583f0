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
  const length = hints === undefined ? 0 : hints.length / contexts;
  const hintsOf = (from: number, to: number) => hints?.slice(from * length, to * length);
  const requests: Asking[] = [];
  if (wantsPresent) {
    requests.push({ wantsPresent, branches: new Uint8Array(0), hints: hintsOf(0, 1) });
  }
  const first = requests.length;
  for (let at = 0; at < branches.length; at += contextsMax) {
    const end = at + contextsMax;
    requests.push({
      wantsPresent: false,
      branches: branches.slice(at, end),
      hints: hintsOf(first + at, first + end),
    });
  }
  return requests;
}
