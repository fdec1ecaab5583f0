/** What a log's first record says of instruments and limits. */
import type { GatewayLog, Wish } from './read-log.ts';
import type { Units } from './units.ts';

type Strategy = { instruments?: string[]; execution?: object };

type Start = {
  config: { tickAgeMs: number; forecastAgeMs: number } & Record<string, number>;
  instruments: { symbol: string; venueSymbol: string; lotSize: string; priceIncrement: string }[];
  deskFile?: { strategies: Strategy[] };
};

export type StartTerms = {
  /** No two strategies trade the same. */
  instruments: (Units & { strategy: number; isPolicy: boolean })[];
  /** Tick and forecast of a wish are young enough for an order. */
  isYoung(wish: Wish, nowNs: number): boolean;
};

const MILLISECOND_NS = 1_000_000;

/**
 * What every limit but the ages must be at least, so that none binds: a model of all controls would
 * be a second gateway. By the names of the gateway's configuration.
 */
export const JUDGED_LIMITS: Readonly<Record<string, number>> = {
  ...{ positionLots: 1_000_000, orderValue: 1_000_000_000, ordersPerSecond: 10_000 },
  ...{ collarBasisPoints: 10_000, dailyLoss: 1_000_000_000, trailingDrawdown: 1_000_000_000 },
};

export function startTerms({ records }: GatewayLog): StartTerms {
  const [first] = records;
  if (first?.kind !== 'start') throw new Error('the log begins without its configuration');
  const { config, instruments, deskFile } = JSON.parse(first.config) as Start;
  for (const [name, least] of Object.entries(JUDGED_LIMITS)) {
    if (config[name]! < least) throw new Error(`${name} is ${config[name]}, below ${least}`);
  }
  return {
    instruments: instruments.map(({ symbol: own, venueSymbol, lotSize, priceIncrement }) => {
      const { strategies = [{}] } = deskFile ?? {};
      const strategy = strategies.findIndex(each => each.instruments?.includes(own) ?? true);
      const isPolicy = strategies[strategy]?.execution !== undefined;
      return { symbol: venueSymbol, lotSize, priceIncrement, strategy, isPolicy };
    }),
    isYoung({ tickTimeNs, forecastTimeNs }, nowNs) {
      return (
        nowNs - tickTimeNs <= config.tickAgeMs * MILLISECOND_NS &&
        nowNs - forecastTimeNs <= config.forecastAgeMs * MILLISECOND_NS
      );
    },
  };
}
