/**
 * The list of all that a venue has open, asked for with each logon where it has
 * OrderMassStatusRequest (AF): nothing new leaves for the venue before the list is whole.
 */
import { type Nanoseconds, SECOND_NS } from '#engine';
import type { AtVenue } from './at-venue.ts';
import type { ExecutionReport } from './fix/execution-report.ts';
import { ExecType, OrdStatus } from './fix/order-status.ts';
import { clientOrderIdText, createClientOrderId } from './order/client-order-id.ts';
import { nextOrderId } from './order-ids.ts';
import { haltingRule, setState, stateOf } from './risk/states.ts';
import type { GatewayState } from './state.ts';
import { stepRules } from './step-version.ts';
import { tellVenue } from './tell-venue.ts';

export type AwaitedList = {
  /** MassStatusReqID (584). */
  readonly requestId: string;
  /** Reports so far. */
  told: number;
  readonly dueNs: Nanoseconds;
};

/** From the question to the last report. */
const LIST_SECONDS = 10;

export function askForList(at: AtVenue): void {
  const { state, venue, effects } = at;
  const id = createClientOrderId();
  nextOrderId(state, id);
  const requestId = clientOrderIdText(id);
  if (stepRules(state.stepVersion).waitsForMassStatus) {
    const dueNs = state.nowNs + LIST_SECONDS * SECOND_NS;
    venue.awaitedList = { requestId, told: 0, dueNs };
    effects.dueNs = Math.min(effects.dueNs, dueNs);
  }
  tellVenue(at, { msgType: 'AF', massStatusReqId: requestId });
}

/** Whether a report is part of the list that is waited for. */
export function isListed({ venue }: AtVenue, report: ExecutionReport): boolean {
  const { awaitedList } = venue;
  if (awaitedList === undefined || report.execType !== ExecType.orderStatus) return false;
  return report.massStatusReqId === awaitedList.requestId;
}

/** Counts a report of the list, once it is applied; true where it was the last. */
export function noteListed(at: AtVenue, report: ExecutionReport): boolean {
  const { awaitedList } = at.venue;
  if (awaitedList === undefined || !isListed(at, report)) return false;
  awaitedList.told++;
  const { lastRptRequested, totNumReports, ordStatus } = report;
  const isNone = ordStatus === OrdStatus.rejected;
  const isLast =
    lastRptRequested === true || awaitedList.told >= (totNumReports ?? Number.POSITIVE_INFINITY);
  if (!isNone && !isLast) return false;
  at.venue.awaitedList = undefined;
  return true;
}

/** With a timer; true where it is too late. */
export function passList(at: AtVenue): boolean {
  const { state, venue, effects } = at;
  if (venue.awaitedList === undefined) return false;
  const { dueNs, told } = venue.awaitedList;
  effects.dueNs = Math.min(effects.dueNs, dueNs);
  if (state.nowNs < dueNs) return false;
  return failList(at, `not whole after ${LIST_SECONDS} s, ${told} reports came`);
}

/**
 * What the venue has open is not known: it is halted, and so what rests there is cancelled, until
 * operators have seen to it. False where no list is waited for.
 */
export function failList({ state, venue, effects }: AtVenue, why: string): boolean {
  if (venue.awaitedList === undefined) return false;
  venue.awaitedList = undefined;
  const scope = { kind: 'venue', index: venue.index } as const;
  setState(state.risk, scope, { state: 'halted', nowNs: state.nowNs, rule: 'reconciliation' });
  const { name } = venue.terms;
  effects.problems.push(
    `${name}: halted: its list of open orders is ${why}: see with the venue what it has open, ` +
      `then arm venue:${name}`,
  );
  return true;
}

/** Somebody has seen to it, where there are no operators to say so of each venue. */
export function liftListHalts({ venues, risk, nowNs }: GatewayState): void {
  for (const { index } of venues) {
    const scope = { kind: 'venue', index } as const;
    const isHalted = stateOf(risk, scope) === 'halted';
    if (!isHalted || haltingRule(risk, scope) !== 'reconciliation') continue;
    setState(risk, scope, { state: 'active', nowNs });
  }
}
