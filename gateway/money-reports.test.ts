/** Fills, busts and corrections as a venue reports them: money must be that of the fills left. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decimalText, statementOf } from './account/statement.ts';
import { withZones } from './config-zones.ts';
import { deskTerms, parseDeskFile } from './desk-file/desk-file.ts';
import { createGatewayEffects } from './effects.ts';
import type { ExecutionReport } from './fix/execution-report.ts';
import { ExecType, OrdStatus } from './fix/order-status.ts';
import { createWorkingOrder } from './order/working-order.ts';
import { CONFIG, START_NS } from './paper-world.ts';
import { applyReport } from './reports.ts';
import { createGatewayState } from './state.ts';

const DESK = withZones(
  {
    ...CONFIG,
    ...deskTerms(
      parseDeskFile({
        venues: [{ name: 'north', senderCompId: 'DESK', targetCompId: 'NORTH' }],
        strategies: [{ name: 'alpha', account: 'fund' }],
        accounts: [{ name: 'fund' }],
        fees: [{ makerPerMillion: -7, takerPerMillion: 20, perLot: '0.01', minimumPerOrder: '1' }],
      }),
    ),
  },
  undefined,
);

const SERIAL = { date: 20_140_502, serial: 1 };
const LOTS = 1_000;

/** A gateway with one large order at work. */
function gatewayAtWork() {
  const state = createGatewayState(DESK);
  state.nowNs = START_NS;
  state.desks[0]!.holding.markHalfIncrements = 200_010;
  state.desks[0]!.orders.push({
    ...createWorkingOrder(),
    ...{ clientOrderId: { ...SERIAL }, side: 1, lots: LOTS, limitIncrements: 100_000 },
  });
  const at = { state, venue: state.venues[0]!, effects: createGatewayEffects() };
  return { state, say: (report: ExecutionReport) => void applyReport(at, report) };
}

type Trade = { lots: number; priceIncrements: number; isMaker: boolean; day: number };

function reportOf(
  { lots, priceIncrements, isMaker, day }: Trade,
  terms: Pick<ExecutionReport, 'execId' | 'execType' | 'execRefId' | 'cumQty'>,
): ExecutionReport {
  return {
    ...{ msgType: '8', clOrdId: '20140502-000001', orderId: 'V1', symbol: 'EUR/USD', side: '1' },
    ...{ ordStatus: OrdStatus.partiallyFilled, avgPx: '0', leavesQty: '1' },
    ...{ lastQty: String(lots * 1_000), lastPx: (priceIncrements / 1e5).toFixed(5) },
    ...{ lastLiquidityInd: isMaker ? 1 : 2, settlDate: `2014050${day}` },
    ...terms,
  };
}

const trade = fc.record({
  lots: fc.integer({ min: 1, max: 9 }),
  priceIncrements: fc.integer({ min: 99_000, max: 101_000 }),
  isMaker: fc.boolean(),
  day: fc.integer({ min: 6, max: 8 }),
});
const act = fc.record({
  kind: fc.constantFrom('fill', 'fill', 'bust', 'correct'),
  ...{ trade, pick: fc.nat() },
});

it('after any of them, repeated or not, the statement is that of the fills that are left', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), acts => {
      const { state, say } = gatewayAtWork();
      const left: { execId: string; trade: Trade }[] = [];
      const sum = () => String(1_000 * left.reduce((lots, each) => lots + each.trade.lots, 0));
      for (const [at, { kind, trade: given, pick }] of acts.entries()) {
        const execId = `E${at}`;
        const found = left[pick % Math.max(1, left.length)];
        if (kind === 'fill') {
          left.push({ execId, trade: given });
          const report = reportOf(given, { execId, execType: ExecType.trade, cumQty: sum() });
          say(report);
          say(report);
        } else if (found !== undefined && kind === 'bust') {
          left.splice(left.indexOf(found), 1);
          const refers = { execType: ExecType.tradeCancel, execRefId: found.execId };
          say(reportOf(found.trade, { execId, ...refers, cumQty: sum() }));
        } else if (found !== undefined) {
          const { lots, priceIncrements } = given;
          const { execId: execRefId } = found;
          found.trade = { ...found.trade, lots, priceIncrements };
          const refers = { execType: ExecType.tradeCorrect, execRefId };
          say(reportOf(found.trade, { execId, ...refers, cumQty: sum() }));
        }
      }
      const plain = gatewayAtWork();
      for (const { execId, trade: kept } of left) {
        plain.say(reportOf(kept, { execId, execType: ExecType.trade, cumQty: '0' }));
      }
      expect(statementOf(state)).toEqual(statementOf(plain.state));
    }),
    { numRuns: 200 },
  );
});

it('a bust of the only fill leaves no position, fee or delivery behind', () => {
  const { state, say } = gatewayAtWork();
  const bought = { lots: 3, priceIncrements: 100_000, isMaker: true, day: 7 };
  say(reportOf(bought, { execId: 'E1', execType: ExecType.trade, cumQty: '3000' }));
  const [line] = statementOf(state)[0]!.lines;
  expect([line!.positionLots, decimalText(line!.fees)]).toEqual([3, '1']);
  expect(line!.deliveries).toEqual([
    { valueDate: '2014-05-07', isSettled: false, lots: 3, cash: -3_000n * 10n ** 9n },
  ]);
  const busted = { execId: 'E2', execType: ExecType.tradeCancel, execRefId: 'E1', cumQty: '0' };
  say(reportOf(bought, busted));
  expect(statementOf(state)[0]).toMatchObject({ profit: 0n, lines: [] });
});
