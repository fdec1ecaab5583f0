/** A venue that fills early, late, twice, busts and corrects: positions must be its own. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createGatewayEffects } from './effects.ts';
import type { ExecutionReport } from './fix/execution-report.ts';
import { ExecType, OrdStatus } from './fix/order-status.ts';
import { needsReconcile, takeOrder } from './order/desk.ts';
import { CONFIG } from './paper-world.ts';
import { applyReport } from './reports.ts';
import { createGatewayState } from './state.ts';

const TERMS = { symbol: 'EUR/USD', side: '1', transactTime: '20140502-10:00:00.000' } as const;
const ORDER_LOTS = 20;

type Act =
  | { kind: 'acknowledge' | 'cancel' | 'expire' | 'suspend' }
  | { kind: 'fill'; lots: number }
  | { kind: 'repeat' | 'bust'; of: number }
  | { kind: 'correct'; of: number; lots: number };

const lots = fc.integer({ min: 1, max: 6 });
const of = fc.nat({ max: 40 });
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('fill' as const), lots }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('repeat' as const, 'bust'), of }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('correct' as const), of, lots }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('acknowledge' as const, 'cancel', 'expire', 'suspend'),
    }),
  },
);

/** What the venue itself keeps of one order: its fills as they stand, and what it said of each. */
type Fill = { execId: string; lots: number; said: ExecutionReport };

type Venue = {
  fills: Fill[];
  executions: number;
  end: OrdStatus | undefined;
  tell(report: ExecutionReport): void;
};

const cumLots = ({ fills }: Venue) => fills.reduce((sum, fill) => sum + fill.lots, 0);

function say(venue: Venue, execType: ExecType, differing: Partial<ExecutionReport> = {}) {
  const { end } = venue;
  const cum = cumLots(venue);
  const leaves = end === undefined ? Math.max(0, ORDER_LOTS - cum) : 0;
  const open = cum > 0 ? OrdStatus.partiallyFilled : OrdStatus.new;
  const report: ExecutionReport = {
    ...{ msgType: '8', clOrdId: '20140502-000001', orderId: '1', ...TERMS, avgPx: '1', execType },
    execId: String(++venue.executions),
    ordStatus: end ?? (leaves === 0 ? OrdStatus.filled : open),
    ...{ cumQty: `${cum}000`, leavesQty: `${leaves}000`, ...differing },
  };
  venue.tell(report);
  return report;
}

const tradeOf = (filled: number, execRefId?: string) => ({
  ...{ lastQty: `${filled}000`, lastPx: '1.00000', execRefId },
});

function perform(venue: Venue, what: Act): void {
  switch (what.kind) {
    case 'acknowledge':
      say(venue, ExecType.new);
      break;
    case 'cancel':
    case 'expire':
      venue.end ??= what.kind === 'cancel' ? OrdStatus.canceled : OrdStatus.expired;
      say(venue, what.kind === 'cancel' ? ExecType.canceled : ExecType.expired);
      break;
    case 'suspend':
      say(venue, ExecType.suspended);
      break;
    case 'fill':
      fill(venue, Math.min(what.lots, ORDER_LOTS - cumLots(venue)));
      break;
    default:
      amend(venue, what);
  }
}

function fill(venue: Venue, filled: number): void {
  if (filled === 0) return;
  const booked = { execId: '', lots: filled };
  venue.fills.push(booked as Fill);
  const said = say(venue, ExecType.trade, tradeOf(filled));
  Object.assign(booked, { said, execId: said.execId });
}

function amend(venue: Venue, what: Act & { kind: 'repeat' | 'bust' | 'correct' }): void {
  const { fills } = venue;
  const chosen = fills[what.of % fills.length];
  if (chosen === undefined) return;
  switch (what.kind) {
    case 'repeat':
      venue.tell({ ...chosen.said, cumQty: `${cumLots(venue)}000` });
      break;
    case 'bust':
      fills.splice(fills.indexOf(chosen), 1);
      say(venue, ExecType.tradeCancel, { execRefId: chosen.execId });
      break;
    case 'correct':
      if (cumLots(venue) - chosen.lots + what.lots > ORDER_LOTS) break;
      chosen.lots = what.lots;
      say(venue, ExecType.tradeCorrect, tradeOf(what.lots, chosen.execId));
  }
}

it('holds what the venue says it has filled, whatever it says in whatever order', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), acts => {
      const state = createGatewayState(CONFIG);
      const desk = state.desks[0]!;
      const order = takeOrder(desk);
      Object.assign(order, { clientOrderId: { date: 20_140_502, serial: 1 }, lots: ORDER_LOTS });
      order.pending = { ...order.change, clientOrderId: order.clientOrderId, lots: ORDER_LOTS };
      const at = { state, venue: state.venues[0]!, effects: createGatewayEffects() };
      const venue: Venue = {
        ...{ fills: [], executions: 0, end: undefined },
        tell: report => void applyReport(at, report),
      };
      for (const each of acts) {
        perform(venue, each);
        expect(desk.holding.positionLots).toBe(cumLots(venue));
        expect([state.counts.outOfStep, needsReconcile(desk)]).toEqual([0, false]);
      }
    }),
    { numRuns: 500 },
  );
});
