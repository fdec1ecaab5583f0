/** The default policy: works parent orders on a schedule; the forecast says wait, join or cross. */

import type { Style } from '#gateway/signal';
import { type Horizon, horizonOf } from '#law';
import { midHalfIncrements } from '#market';
import type { Parent, Side } from './parent.ts';
import type { DecisionInput, Policy, Wish } from './policy.ts';

export type WorkParentConfig = {
  /** Lots of one parent order; parents follow each other, first a buy, then a sell, and so on. */
  parentLots: number;
  parentDurationNs: number;
  /** Equal steps of the schedule. */
  slices: number;
  /** Share of a slice after which what it lacks crosses the spread. */
  crossAfterPercent: number;
  /** Favourable drift, as a share of the spread, for which the first half of a slice waits. */
  waitSpreadPercent: number;
};

/** `onParent` hears of each new parent: what slippage is measured against. */
export function workParent(
  config: WorkParentConfig,
  onParent: (instrument: number, parent: Parent) => void = () => {},
): Policy {
  const parents: (Parent | undefined)[] = [];
  const sliceNs = config.parentDurationNs / config.slices;
  return {
    parents: {
      get: instrument => parents[instrument],
      put(instrument, parent) {
        parents[instrument] = parent;
      },
    },
    wish(input) {
      const { instrument, timeNs, positionLots } = input;
      let parent = parents[instrument];
      if (parent === undefined || timeNs >= parent.startNs + config.parentDurationNs) {
        parent = nextParent(parent, timeNs, positionLots);
        parents[instrument] = parent;
        onParent(instrument, parent);
      }
      const { side, startNs, startLots } = parent;
      const slice = Math.floor((timeNs - startNs) / sliceNs);
      const scheduled = Math.floor((config.parentLots * (slice + 1)) / config.slices);
      const desiredLots = startLots + side * scheduled;
      const style = styleOf(config, input, {
        side,
        behind: side * (desiredLots - positionLots),
        elapsedPercent: Math.floor(((timeNs - startNs - slice * sliceNs) * 100) / sliceNs),
      });
      return wishAt(input, { side, style, desiredLots });
    },
  };
}

function nextParent(last: Parent | undefined, startNs: number, startLots: number): Parent {
  const number = last === undefined ? 0 : last.number + 1;
  return { number, side: number % 2 === 0 ? 1 : -1, startNs, startLots };
}

function styleOf(
  config: WorkParentConfig,
  { quote, forecast, moves }: DecisionInput,
  { side, behind, elapsedPercent }: { side: Side; behind: number; elapsedPercent: number },
): Style {
  if (behind <= 0) return 'wait';
  if (elapsedPercent >= config.crossAfterPercent) return 'cross';
  const { meanQ8, errorQ8 } = horizonOf(forecast, moves);
  const adverseQ8 = side * meanQ8;
  const spreadQ8 = 256 * (quote.askIncrements - quote.bidIncrements);
  if (adverseQ8 - 2 * errorQ8 > spreadQ8) return 'cross';
  const favourableQ8 = -adverseQ8 - 2 * errorQ8;
  const waits = favourableQ8 * 100 > config.waitSpreadPercent * spreadQ8;
  return elapsedPercent < 50 && waits ? 'wait' : 'join';
}

/** The near touch to join (and to wait at), the far touch to cross and at most to follow to. */
export function wishAt(
  { quote, forecast, moves }: DecisionInput,
  { side, style, desiredLots }: { side: Side; style: Style; desiredLots: number },
): Wish {
  const last: Horizon = horizonOf(forecast, moves);
  const mid = midHalfIncrements(quote);
  const isFar = style === 'cross' || style === 'peg';
  const buysAtAsk = isFar === (side === 1);
  return {
    style,
    desiredLots,
    limitIncrements: buysAtAsk ? quote.askIncrements : quote.bidIncrements,
    midLowHalfIncrements: mid + last.quantiles[0]!,
    midHighHalfIncrements: mid + last.quantiles.at(-1)!,
  };
}
