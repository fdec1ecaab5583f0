/** The second policy: turns a forecast into a position directly. It claims no profit. */
import { horizonOf } from '#law';
import type { Policy } from './policy.ts';
import { wishAt } from './work-parent.ts';

export type FollowForecastConfig = {
  /** Lots held, long or short, while the forecast clearly leans one way. */
  positionLots: number;
  /** Drift beyond twice its Monte Carlo error, as a share of the spread, that counts as leaning. */
  leanSpreadPercent: number;
  /** Join the near touch as it is, the default, or follow it, at most to the far touch of now. */
  restingStyle?: 'join' | 'peg' | undefined;
};

/** Long, short or flat by the mean of the last move; it rests, and crosses only to get flat. */
export function followForecast(config: FollowForecastConfig): Policy {
  const { restingStyle = 'join' } = config;
  return {
    wish(input) {
      const { quote, forecast, moves, positionLots } = input;
      const { meanQ8, errorQ8 } = horizonOf(forecast, moves);
      const spreadQ8 = 256 * (quote.askIncrements - quote.bidIncrements);
      const certainQ8 = Math.abs(meanQ8) - 2 * errorQ8;
      const leans = certainQ8 * 100 > config.leanSpreadPercent * spreadQ8;
      const desiredLots = leans ? Math.sign(meanQ8) * config.positionLots : 0;
      const missing = desiredLots - positionLots;
      const side = missing >= 0 ? 1 : -1;
      const style = missing === 0 ? 'wait' : leans ? restingStyle : 'cross';
      return wishAt(input, { side, style, desiredLots });
    },
  };
}
