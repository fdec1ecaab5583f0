/** What the risk controls allow. */
import { type Amount, createAmount } from '../account/amount.ts';

export const NANOS_PER_UNIT = 1_000_000_000n;

export type Limits = {
  /** Largest position of an instrument, long or short, in lots; open orders count. */
  positionLots: number;
  /** Largest value of one order, in whole units of the quote currency. */
  orderValue: number;
  /** New and replaced orders in any second, over all instruments; cancels pass and are counted. */
  ordersPerSecond: number;
  /** Largest distance of a limit from the mid, in hundredths of a percent. */
  collarBasisPoints: number;
  /** Loss since the UTC day began, in whole units, from which exposure may not grow. */
  dailyLoss: number;
  /** Fall from the highest profit so far, likewise. */
  trailingDrawdown: number;
  /** Oldest tick and oldest forecast an order may rest on. */
  tickAgeNs: number;
  forecastAgeNs: number;
};

/** The limits of money as the amounts they are; made anew when a limit changes. */
export type RiskLimits = Limits & {
  readonly most: Readonly<Record<'orderValue' | 'dailyLoss' | 'trailingDrawdown', Amount>>;
};

export function riskLimits(limits: Limits): RiskLimits {
  const { orderValue, dailyLoss, trailingDrawdown } = limits;
  const amount = (units: number) => createAmount(BigInt(units) * NANOS_PER_UNIT);
  return {
    ...limits,
    most: {
      orderValue: amount(orderValue),
      dailyLoss: amount(dailyLoss),
      trailingDrawdown: amount(trailingDrawdown),
    },
  };
}
