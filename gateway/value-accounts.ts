/** Keeps profits up: with each quote, with each fill, and when a trading day begins. */
import { DAY_NS, type Nanoseconds } from '#engine';
import { type Account, markAccount, updateProfit } from './account/account.ts';
import { type ConversionRate, setRate } from './account/conversion.ts';
import { type MoneyTables, valueDayAt } from './account/money-tables.ts';
import { DAY_MS } from './calendar/civil-day.ts';
import { type DayTable, dayAt, nextDayNs } from './calendar/day-table.ts';
import { closesAtNs, isOpen, type OpenHours, opensAtNs } from './calendar/trading-calendar.ts';
import type { GatewayEffects } from './effects.ts';
import type { MarketQuote } from './execution/market-quote.ts';
import type { ExecutionReport } from './fix/execution-report.ts';
import { parseUtcTimestamp } from './fix/timestamp.ts';
import type { GatewayState } from './state.ts';

/** A quote that holdings are worth something by; its mid is also the rate of its two currencies. */
export type Mark = {
  instrument: number;
  bidIncrements: number;
  askIncrements: number;
  tickTimeNs: Nanoseconds;
};

/** A quote is worth the same to every strategy that holds its instrument. */
export function markInstrument(state: GatewayState, mark: Mark): void {
  const { desks, config, accounts, valuation, tables } = state;
  const { length } = config.instruments;
  const mid = mark.bidIncrements + mark.askIncrements;
  for (let at = mark.instrument; at < desks.length; at += length) {
    desks[at]!.holding.markHalfIncrements = mid;
  }
  const increment = tables?.instruments[mark.instrument]?.rateIncrementNanos;
  if (increment !== undefined && valuation.conversion !== undefined) {
    const { baseCurrency: from, quoteCurrency: to } = config.instruments[mark.instrument]!;
    const nanos = Math.floor((mid * increment) / 2);
    if (nanos > 0) setRate(valuation.conversion, { from, to, nanos, timeNs: mark.tickTimeNs });
  }
  for (let at = 0; at < accounts.length; at++) value(state, at);
}

/** Of a desk, quotes of the edge's feed between two wishes too; one venue's alone are no mark. */
export function markQuoted(state: GatewayState, quote: MarketQuote): void {
  if (state.tables !== undefined && quote.venue === undefined) markInstrument(state, quote);
}

/** A rate of the log, for what none of our instruments is the rate of. */
export function applyRate(state: GatewayState, rate: ConversionRate): void {
  if (state.valuation.conversion === undefined) return;
  setRate(state.valuation.conversion, rate);
  for (const at of state.accounts.keys()) value(state, at);
}

const DATE = /^(\d{4})(\d\d)(\d\d)$/;

/** When a fill is delivered: by the venue's word (64), else by its time; 0 where none is kept. */
export function valueDayOf(
  { tables, config, nowNs }: GatewayState,
  instrument: number,
  { settlDate, transactTime }: Pick<ExecutionReport, 'settlDate' | 'transactTime'>,
): number {
  if (tables === undefined) return 0;
  const given = Date.parse(settlDate?.replace(DATE, '$1-$2-$3') ?? '');
  if (given >= 0) return Math.floor(given / DAY_MS);
  const tradedNs = parseUtcTimestamp(transactTime ?? '', config.originNs);
  const isKnown = tradedNs !== undefined && Number.isFinite(tradedNs);
  return valueDayAt(tables, tables.instruments[instrument]!, isKnown ? tradedNs : nowNs);
}

/** After a fill, a bust or a correction. */
export function revalue({ valuation, nowNs }: GatewayState, account: Account): void {
  valuation.nowNs = nowNs;
  updateProfit(account, valuation);
}

/**
 * Passes what the calendars have before this record: trading days begin, at the marks from before
 * it. Asks for a record at the next edge, so that what opens or closes does so without a quote.
 * Without a desk file a day begins with its first quote instead. And tells of rates that the
 * records before this one left missing. True where an edge was passed.
 */
export function passEdges(state: GatewayState, effects: GatewayEffects): boolean {
  const { tables, nowNs } = state;
  if (tables === undefined) return false;
  const isEdge = nowNs >= state.edgeNs;
  if (isEdge) {
    beginDays(state, tables);
    state.edgeNs = nextEdgeNs(tables, nowNs);
  }
  effects.dueNs = Math.min(effects.dueNs, state.edgeNs);
  for (const account of state.accounts) tellMissingRate(account, effects);
  return isEdge;
}

/** Once when a rate goes missing, and once when none is any more. */
function tellMissingRate(account: Account, { problems }: GatewayEffects): void {
  const { name, missingRate, toldRate } = account;
  const pair = missingRate === undefined ? '' : `${missingRate.from}/${missingRate.to}`;
  if (pair === toldRate) return;
  account.toldRate = pair;
  const text =
    missingRate === undefined
      ? 'its profit can be told again'
      : `no rate ${pair} that is young enough: limits of loss let nothing grow`;
  problems.push(`account ${name}: ${text}`);
}

function beginDays(state: GatewayState, { accountDays }: MoneyTables): void {
  for (const [at, account] of state.accounts.entries()) {
    if (account.day >= 0 && account.day !== dayAt(accountDays[at]!, state.nowNs)) value(state, at);
  }
}

function nextEdgeNs(
  { accountDays, instruments, venueHours }: MoneyTables,
  nowNs: Nanoseconds,
): Nanoseconds {
  const hours = [...venueHours, ...instruments.map(({ hours: own }) => own)];
  return Math.min(
    ...accountDays.map(days => nextDayNs(days, nowNs)),
    ...hours.map(each => (each === undefined ? Number.POSITIVE_INFINITY : changesNs(each, nowNs))),
  );
}

const changesNs = (hours: OpenHours, nowNs: Nanoseconds) =>
  isOpen(hours, nowNs) ? closesAtNs(hours, nowNs) : opensAtNs(hours, nowNs);

function value(state: GatewayState, at: number): void {
  const { accounts, valuation, nowNs, tables } = state;
  valuation.nowNs = nowNs;
  markAccount(accounts[at]!, dayOf(nowNs, tables?.accountDays[at]), valuation);
}

/** Whole days since the origin, itself a UTC midnight, where the account has no days of its own. */
const dayOf = (nowNs: number, days: DayTable | undefined) =>
  days === undefined ? Math.floor(nowNs / DAY_NS) : dayAt(days, nowNs);
