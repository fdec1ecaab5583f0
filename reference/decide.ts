/** The default policy after the law: a schedule says how much, the forecast says how. */
import type { Quote } from '#market';
import type { Forecast } from './forecast.ts';
import { midOf } from './market-time.ts';

export type Policy = {
  parentLots: number;
  parentDurationNs: number;
  slices: number;
  /** Share of a slice after which what is missing crosses the spread. */
  crossAfterPercent: number;
  /** Favourable drift, as a share of the spread, for which it waits. */
  waitSpreadPercent: number;
  /** The least time between two signals that change no quantity and do not turn to crossing. */
  holdNs: number;
};

export type Wish = {
  timeNs: number;
  style: 'wait' | 'join' | 'cross';
  desiredLots: number;
  limitIncrements: number;
  midLow: number;
  midHigh: number;
};

/** Parents begin when the last one ends; the even ones buy, the odd ones sell. */
type Parent = { number: number; startNs: number; startLots: number };
export type Worker = { policy: Policy; parent?: Parent; sent?: Wish };

/** What a decision is made on. */
export type Occasion = { timeNs: number; quote: Quote; forecast: Forecast; positionLots: number };

/** The wish at this quote; `isSent` says whether it is worth a signal. */
export function decide(worker: Worker, occasion: Occasion): { wish: Wish; isSent: boolean } {
  const { parentDurationNs, parentLots, slices, holdNs } = worker.policy;
  const { timeNs, quote, forecast, positionLots } = occasion;
  if (worker.parent === undefined || timeNs >= worker.parent.startNs + parentDurationNs) {
    const number = (worker.parent?.number ?? -1) + 1;
    worker.parent = { number, startNs: timeNs, startLots: positionLots };
  }
  const { number, startNs, startLots } = worker.parent;
  const side = number % 2 === 0 ? 1 : -1;
  const sliceNs = parentDurationNs / slices;
  const slice = Math.floor((timeNs - startNs) / sliceNs);
  const desiredLots = startLots + side * Math.floor((parentLots * (slice + 1)) / slices);
  const behind = side * (desiredLots - positionLots);
  const elapsedPercent = Math.floor(((timeNs - startNs - slice * sliceNs) * 100) / sliceNs);
  const style = styleOf(worker.policy, occasion, { side, behind, elapsedPercent });
  const buysAtAsk = (style === 'cross') === (side === 1);
  const { quantiles } = forecast.horizons.at(-1)!;
  const wish: Wish = {
    timeNs,
    style,
    desiredLots,
    limitIncrements: buysAtAsk ? quote.askIncrements : quote.bidIncrements,
    midLow: midOf(quote) + quantiles[0]!,
    midHigh: midOf(quote) + quantiles.at(-1)!,
  };
  const isSent = isWorthSending(wish, worker.sent, holdNs);
  if (isSent) worker.sent = wish;
  return { wish, isSent };
}

function styleOf(
  policy: Policy,
  { quote, forecast }: Occasion,
  { side, behind, elapsedPercent }: { side: 1 | -1; behind: number; elapsedPercent: number },
): Wish['style'] {
  if (behind <= 0) return 'wait';
  if (elapsedPercent >= policy.crossAfterPercent) return 'cross';
  const { mean, error } = forecast.horizons.at(-1)!;
  const adverse = side * mean;
  const spread = 256 * (quote.askIncrements - quote.bidIncrements);
  if (adverse - 2 * error > spread) return 'cross';
  const isFavourable = (-adverse - 2 * error) * 100 > policy.waitSpreadPercent * spread;
  return elapsedPercent < 50 && isFavourable ? 'wait' : 'join';
}

function isWorthSending(wish: Wish, last: Wish | undefined, holdNs: number): boolean {
  if (last === undefined || wish.desiredLots !== last.desiredLots) return true;
  if (wish.style === 'cross' && last.style !== 'cross') return true;
  const moved = wish.style !== 'wait' && wish.limitIncrements !== last.limitIncrements;
  return (wish.style !== last.style || moved) && wish.timeNs - last.timeNs >= holdNs;
}
