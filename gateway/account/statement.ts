/** The statement of accounts: what each strategy holds of each instrument, and what it earned. */
import { dateText } from '../calendar/civil-day.ts';
import { dayAt } from '../calendar/day-table.ts';
import type { Desk } from '../order/desk.ts';
import type { GatewayState } from '../state.ts';
import { REFERENCE_STRATEGY } from '../strategy-terms.ts';
import type { Account } from './account.ts';
import { createAmount, nanosOf, setWorth } from './amount.ts';
import type { MissingRate } from './conversion.ts';
import { billionths, type Holding } from './holding.ts';

/** All money in 10^-9 of the currency that is named beside it. */
export type AccountStatement = {
  account: string;
  currency: string;
  /** All that was earned, at the latest marks and rates; the last known where a rate is missing. */
  profit: bigint;
  /** Since the trading day began, and below the highest profit so far. */
  dayProfit: bigint;
  drawdown: bigint;
  /** Date of the latest trading day; undefined before the first quote, and without a desk file. */
  tradingDay: string | undefined;
  missingRate: MissingRate | undefined;
  lines: StatementLine[];
};

/** `profit = realised + unrealised - fees`, to the billionth. */
export type StatementLine = {
  strategy: string;
  instrument: string;
  currency: string;
  positionLots: number;
  /** What the open lots were opened at, as a decimal with nine places at most; none for none. */
  averagePrice: string | undefined;
  realised: bigint;
  unrealised: bigint;
  fees: bigint;
  profit: bigint;
  /** By value date, the earliest first; without fees. Empty without a desk file. */
  deliveries: { valueDate: string; isSettled: boolean; lots: number; cash: bigint }[];
};

/** Of the state as it is; accounts, strategies and instruments in the configuration's order. */
export function statementOf(state: GatewayState): AccountStatement[] {
  return state.accounts.map(account => {
    const profit = nanosOf(account.profit);
    return {
      account: account.name,
      currency: account.currency,
      profit,
      dayProfit: profit - nanosOf(account.dayStart),
      drawdown: nanosOf(account.peak) - profit,
      tradingDay: tradingDayOf(state, account),
      missingRate: account.missingRate,
      lines: state.desks
        .filter(desk => desk.account === account && wasUsed(desk.holding))
        .map(desk => lineOf(state, desk)),
    };
  });
}

function tradingDayOf({ tables }: GatewayState, { day }: Account) {
  return tables === undefined || day < 0 ? undefined : dateText(day);
}

const wasUsed = ({ positionLots, cash, deliveries }: Holding) =>
  positionLots !== 0 || nanosOf(cash) !== 0n || deliveries.size > 0;

function lineOf(state: GatewayState, { strategy, instrument, holding }: Desk): StatementLine {
  const { symbol, quoteCurrency } = holding.instrument;
  const cash = nanosOf(holding.cash);
  const cost = nanosOf(holding.cost);
  const fees = nanosOf(holding.feesPaid);
  const worth = worthOf(holding);
  return {
    strategy: (state.config.strategies?.[strategy] ?? REFERENCE_STRATEGY).name,
    instrument: symbol,
    currency: quoteCurrency,
    positionLots: holding.positionLots,
    averagePrice: averagePrice(holding, cost),
    ...{ realised: cash + fees + cost, unrealised: worth - cost, fees, profit: cash + worth },
    deliveries: deliveriesOf(state, instrument, holding),
  };
}

function worthOf({ positionLots, markHalfIncrements, incrementNanos }: Holding): bigint {
  const worth = createAmount();
  setWorth(worth, positionLots, { halfIncrements: markHalfIncrements, incrementNanos });
  return nanosOf(worth);
}

/** Rounded towards zero. */
function averagePrice({ instrument, positionLots, incrementNanos }: Holding, cost: bigint) {
  if (positionLots === 0) return undefined;
  const units = BigInt(positionLots) * BigInt(incrementNanos);
  return decimalText((cost * billionths(instrument.priceIncrement)) / units);
}

/** What is settled lies before the trade date of now. */
function deliveriesOf({ tables, nowNs }: GatewayState, instrument: number, holding: Holding) {
  if (tables === undefined) return [];
  const today = dayAt(tables.instruments[instrument]!.tradeDays, nowNs);
  return [...holding.deliveries]
    .toSorted(([one], [other]) => one - other)
    .map(([day, { lots, cash }]) => ({
      ...{ valueDate: dateText(day), isSettled: day < today, lots, cash: nanosOf(cash) },
    }));
}

/** 10^-9 as a plain decimal: 1,250,000,000 is `1.25`. */
export function decimalText(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos;
  const fraction = (size % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  const whole = `${nanos < 0n ? '-' : ''}${size / 1_000_000_000n}`;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
