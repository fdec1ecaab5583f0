/** What a gateway booked against what another side says of it, execution by execution. */

import { decodeMessage } from '../fix/codec.ts';
import type { ExecutionReport } from '../fix/execution-report.ts';
import { createFramer } from '../fix/framer.ts';
import { ExecType } from '../fix/order-status.ts';
import { Side } from '../fix/order-terms.ts';
import { parseMessage } from '../fix/parse.ts';
import { parseUtcTimestamp } from '../fix/timestamp.ts';
import type { WireUnits } from '../order/quantity.ts';
import type { GatewayState } from '../state.ts';
import { symbolAt } from '../venue-terms.ts';
import type { DayExecution } from './day-report.ts';

export type ExecutionDifference = { execId: string; order: string; text: string };

export type Reconciled = {
  /** Executions that both have, with the same terms or not. */
  matched: number;
  differences: ExecutionDifference[];
  /** Stretches of the file that are no FIX message. */
  garbage: number;
};

const KINDS: Partial<Record<ExecType, DayExecution['kind']>> = {
  ...{ [ExecType.trade]: 'filled', [ExecType.tradeCancel]: 'busted' },
  [ExecType.tradeCorrect]: 'corrected',
};

/**
 * `bytes` are FIX messages one after another, as a drop copy or a venue's file has them; of them
 * count fills, busts and corrections of the day (TransactTime; those without one always). Venues
 * number executions anew, so an execution is known by ClOrdID (11) and ExecID (17).
 */
export function reconcileExecutions(
  state: GatewayState,
  ours: { from: string; until: string; executions: readonly DayExecution[] },
  bytes: Uint8Array,
): Reconciled {
  const { reports, garbage } = readReports(bytes);
  const { originNs } = state.config;
  const [fromNs, untilNs] = [ours.from, ours.until].map(text => parseUtcTimestamp(text, originNs)!);
  const theirs = new Map<string, ExecutionReport>();
  const differences: ExecutionDifference[] = [];
  for (const report of reports) {
    if (KINDS[report.execType] === undefined) continue;
    const tradedNs = parseUtcTimestamp(report.transactTime ?? ours.from, originNs);
    if (tradedNs === undefined || tradedNs < fromNs! || tradedNs >= untilNs!) continue;
    const key = keyOf(report.clOrdId, report.execId);
    const twin = theirs.get(key);
    if (twin !== undefined && !isSame(twin, report)) {
      differences.push(difference(report, 'is in the file twice, and not the same'));
    }
    theirs.set(key, report);
  }
  let matched = 0;
  for (const execution of ours.executions) {
    const key = keyOf(execution.order, execution.execId);
    const report = theirs.get(key);
    theirs.delete(key);
    if (report === undefined) {
      const { execId, order } = execution;
      const text = `booked by record ${execution.record}, not in the file`;
      differences.push({ execId, order, text });
      continue;
    }
    matched++;
    const text = termsDiffer(state, execution, report);
    if (text !== undefined) differences.push(difference(report, text));
  }
  for (const report of theirs.values()) {
    const { lastQty, lastPx, symbol } = report;
    const terms = `${lastQty ?? 'no quantity'} ${symbol} at ${lastPx ?? 'no price'}`;
    differences.push(difference(report, `in the file (${terms}), not booked here`));
  }
  return { matched, differences, garbage };
}

const keyOf = (order: string | undefined, execId: string) => `${order ?? ''} ${execId}`;

const difference = ({ execId, clOrdId }: ExecutionReport, text: string): ExecutionDifference => ({
  ...{ execId, order: clOrdId ?? '', text },
});

const isSame = (one: ExecutionReport, other: ExecutionReport): boolean =>
  one.execType === other.execType && one.lastQty === other.lastQty && one.lastPx === other.lastPx;

function readReports(bytes: Uint8Array): { reports: ExecutionReport[]; garbage: number } {
  const reports: ExecutionReport[] = [];
  let garbage = 0;
  const framer = createFramer({
    onMessage(each) {
      const view = parseMessage(each);
      if (view.kind !== 'view' || view.msgType !== '8') return;
      const { message } = decodeMessage(view);
      if (message?.msgType === '8') reports.push(message);
      else garbage++;
    },
    onGarbage() {
      garbage++;
    },
  });
  framer.push(bytes);
  return { reports, garbage };
}

/** The first thing that differs; numbers by their value, not by how they are written. */
function termsDiffer(
  state: GatewayState,
  ours: DayExecution,
  theirs: ExecutionReport,
): string | undefined {
  const at = state.config.instruments.findIndex(({ symbol }) => symbol === ours.instrument);
  const units = state.units[at]!;
  const venue = state.config.venues.find(({ name }) => name === ours.venue)!;
  const symbol = symbolAt(venue, state.config.instruments[at]!);
  const side = theirs.side === Side.buy ? 'buy' : 'sell';
  const pairs: [string, string | null, string | undefined][] = [
    ['kind', ours.kind, KINDS[theirs.execType]],
    ['symbol', symbol, theirs.symbol],
    ['side', ours.side, side],
    ['refers to', ours.refersTo, theirs.execRefId],
    ['quantity', ours.quantity, sameText(units.lots, ours.quantity, theirs.lastQty)],
    ['price', ours.price, sameText(units.increments, ours.price, theirs.lastPx)],
  ];
  const found = pairs.find(([, one, other]) => one !== null && one !== other);
  if (found === undefined) return undefined;
  const [name, one, other] = found;
  return `${name} ${one} in record ${ours.record}, ${other ?? 'none'} in the file`;
}

/** Our text where theirs says the same number. */
function sameText(
  read: WireUnits['lots'],
  ours: string | null,
  theirs: string | undefined,
): string | undefined {
  if (ours === null || theirs === undefined) return theirs;
  return read(ours) === read(theirs) ? ours : theirs;
}
