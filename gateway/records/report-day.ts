/** Makes the report of a day while the log is replayed. */
import { hash } from 'node:crypto';
import { type Nanoseconds, OutriderError } from '#engine';
import { chainOf } from '../chain/output-chain.ts';
import type { GatewayEffects } from '../effects.ts';
import type { GatewayEvent } from '../event.ts';
import { formatUtcTimestamp } from '../fix/timestamp.ts';
import type { OrderNews } from '../order-news.ts';
import type { Alert } from '../risk/alerts.ts';
import type { GatewayState } from '../state.ts';
import { desksInDoubt, namesOf, openOrders, unknownFills } from './day-orders.ts';
import { type DayPairing, notePairing, startPairing } from './day-pairing.ts';
import {
  type DayEvent,
  type DayExecution,
  type DayReport,
  EVENTS_MAX,
  type SequenceNumbers,
} from './day-report.ts';
import { countsOf, type DayStart, dayAccounts, dayStart, gained, numbersOf } from './day-state.ts';
import { type TradingDay, tradingDayOf } from './trading-day.ts';

export type DayReporter = {
  /** A record, before it is stepped. */
  before(offset: number, timeNs: Nanoseconds, payload: Uint8Array): void;
  /** The same once it is stepped. */
  after(offset: number, event: GatewayEvent, effects: GatewayEffects): void;
  /** At the end of the log, or later than the day. */
  report(): DayReport;
};

type Reporting = {
  readonly state: GatewayState;
  readonly day: TradingDay;
  start: DayStart | undefined;
  pair: DayPairing;
  /** Who traded before the record that is stepped; '' for a gateway without a standby. */
  trader: string;
  first: number | undefined;
  last: { offset: number; timeNs: Nanoseconds; sha256: string } | undefined;
  readonly executions: DayExecution[];
  readonly events: DayEvent[];
  leftOut: number;
  done: DayReport | undefined;
};

/** For a state that the host steps; throws as `tradingDayOf`. */
export function reportDay(state: GatewayState, date: string, account?: string): DayReporter {
  const day = tradingDayOf(state, date, account);
  const { startNs, endNs } = day;
  const reporting: Reporting = {
    ...{ state, day, start: undefined, first: undefined, last: undefined, done: undefined },
    ...{ executions: [], events: [], leftOut: 0 },
    ...{ pair: startPairing(state.succession), trader: '' },
  };
  const isWithin = (timeNs: Nanoseconds) => timeNs >= startNs && timeNs < endNs;
  return {
    before(offset, timeNs, payload) {
      if (timeNs >= startNs && reporting.start === undefined) {
        reporting.start = dayStart(state);
        reporting.pair = startPairing(state.succession);
      }
      if (timeNs >= endNs) reporting.done ??= finish(reporting);
      if (!isWithin(timeNs)) return;
      reporting.trader = state.succession.node;
      reporting.first ??= offset;
      reporting.last = { offset, timeNs, sha256: hash('sha256', payload) };
    },
    after(offset, event, effects) {
      if (!isWithin(event.timeNs)) return;
      const time = formatUtcTimestamp(state.config.originNs, event.timeNs);
      const { pair, trader: from } = reporting;
      const moment = { record: offset, time };
      notePairing(pair, event, { succession: state.succession, from, moment });
      for (const news of effects.news) noteExecution(reporting, moment, news);
      for (const each of eventsOf(event, effects)) {
        if (reporting.events.length === EVENTS_MAX) reporting.leftOut++;
        else reporting.events.push({ record: offset, time, ...each });
      }
    },
    report() {
      reporting.start ??= dayStart(state);
      return reporting.done ?? finish(reporting);
    },
  };
}

function noteExecution(
  { state, executions }: Reporting,
  at: { record: number; time: string },
  news: OrderNews,
): void {
  const { execution, execId, clientOrderId, side, strategy, instrument } = news;
  const { kind } = execution;
  if (kind !== 'filled' && kind !== 'busted' && kind !== 'corrected') return;
  if (news.news === 'out-of-step') return;
  const { quantity, price } = state.units[instrument]!;
  executions.push({
    ...{ ...at, kind, venue: state.config.venues[news.venue]!.name, execId },
    refersTo: kind === 'filled' ? null : execution.refersTo,
    ...{ order: clientOrderId, ...namesOf(state, strategy, instrument) },
    side: side === 1 ? 'buy' : 'sell',
    quantity: kind === 'busted' ? null : quantity(execution.lots),
    price: kind === 'busted' ? null : price(execution.priceIncrements),
  });
}

function* eventsOf(
  event: GatewayEvent,
  { outcomes, alerts, problems }: GatewayEffects,
): Generator<Pick<DayEvent, 'kind' | 'text'>> {
  if (event.kind === 'command') yield { kind: 'command', text: event.command };
  for (const { status, operator, text } of outcomes) {
    yield { kind: 'operator', text: `${operator || 'nobody known'}: ${status}: ${text}` };
  }
  for (const alert of alerts) yield { kind: `${alert.level}-limit`, text: alertText(alert) };
  for (const text of problems) yield { kind: 'problem', text };
}

const alertText = ({ rule, scope, seen, allowed }: Alert) =>
  `${rule} of ${scope}: ${seen}, allowed ${allowed}`;

function finish({ state, day, start, pair, ...rest }: Reporting): DayReport {
  const { first, last, executions, events, leftOut: eventsLeftOut } = rest;
  if (start === undefined) throw new OutriderError('replay', `${day.day}: the log ends before`);
  const { messages, tip } = chainOf(state);
  const { originNs } = state.config;
  const report = {
    version: 1 as const,
    ...{ day: day.day, timeZone: day.timeZone },
    from: formatUtcTimestamp(originNs, day.startNs),
    until: formatUtcTimestamp(originNs, day.endNs),
    log: {
      ...{ firstRecord: first ?? null, lastRecord: last?.offset ?? null },
      lastTime: last === undefined ? null : formatUtcTimestamp(originNs, last.timeNs),
      ...{ lastSha256: last?.sha256 ?? null, chainBefore: start.chain },
      chainAfter: { messages, tip },
    },
    ...(state.succession.epoch > 0 && { pair }),
    venues: venuesOf(state, start.numbers),
    accounts: dayAccounts(state, start),
    counts: gained(countsOf(state), start.counts) as DayReport['counts'],
    refusals: gained(state.counts.refused, start.refusals),
    ...{ executions, openOrders: openOrders(state), inDoubt: desksInDoubt(state) },
    ...{ unknownFills: unknownFills(state), events, eventsLeftOut },
  };
  return { ...report, sha256: hash('sha256', JSON.stringify(report)) };
}

function venuesOf(state: GatewayState, before: readonly SequenceNumbers[]) {
  const now = numbersOf(state);
  return state.config.venues.map(({ name: venue }, at) => ({
    ...{ venue, start: before[at]!, end: now[at]! },
  }));
}
