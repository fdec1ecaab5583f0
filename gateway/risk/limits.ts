/** What risk allows a gateway without a desk file, and what a desk file says beyond that. */
import type { LimitName, SettingName } from './limit-table.ts';

/** Each for the firm or for every account; money in whole units of the quote currency. */
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

/** Of a desk file. Scopes are `firm`, `venue:NAME`, `desk:NAME`, `strategy:NAME` and so on. */
export type RiskTerms = {
  readonly limits: readonly {
    readonly scope: string;
    readonly name: LimitName;
    readonly soft?: number | undefined;
    readonly hard?: number | undefined;
  }[];
  readonly settings: readonly {
    readonly scope: string;
    readonly name: SettingName;
    readonly value: number;
  }[];
  /** Symbols that nobody may trade. */
  readonly restricted: readonly string[];
  /** Average daily volume in lots, by symbol. */
  readonly dailyLots: Readonly<Record<string, number>>;
};
