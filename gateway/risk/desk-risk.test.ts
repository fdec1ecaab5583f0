/** Risk of a desk in a gateway: without these tests, a control could object and nothing happen. */
import { describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { clearGatewayEffects, createGatewayEffects, type GatewayEffects } from '../effects.ts';
import { encodeMessage } from '../fix/codec.ts';
import type { ApplicationMessage } from '../fix/message.ts';
import { ExecType, OrdStatus } from '../fix/order-status.ts';
import { Side } from '../fix/order-terms.ts';
import { createReplay } from '../gateway.ts';
import { CONFIG, START_NS } from '../paper-world.ts';
import type { Signal } from '../signal.ts';
import { deskOf } from '../state.ts';
import type { RiskTerms } from './limits.ts';
import { setState } from './states.ts';

const NOTHING: RiskTerms = { limits: [], settings: [], restricted: [], dailyLots: {} };
const strategies = ['alpha', 'beta'].map(name => ({ name, account: 'account' }));

/** A gateway of two strategies whose venue says what the test says. */
function trading(risk: Partial<RiskTerms>) {
  const replay = createReplay({ ...CONFIG, strategies, risk: { ...NOTHING, ...risk } });
  const effects = createGatewayEffects();
  let [timeNs, inbound] = [START_NS, 0];
  const seen: string[] = [];
  const step = (event: Parameters<typeof replay.step>[0]): GatewayEffects => {
    clearGatewayEffects(effects);
    replay.step(event, effects);
    for (const bytes of effects.outbound.list) seen.push(typeOf(bytes));
    return effects;
  };
  const say = (message: ApplicationMessage | Logon) => {
    inbound++;
    const header = { senderCompId: 'VENUE', targetCompId: 'GATEWAY', msgSeqNum: inbound };
    const bytes = encodeMessage({ ...header, sendingTime: '20140502-10:00:00.000' }, message);
    return step({ kind: 'inbound', timeNs, venue: 0, bytes });
  };
  const connect = () => {
    step({ kind: 'connected', timeNs, venue: 0 });
    say({ msgType: 'A', heartBtInt: 30, resetSeqNumFlag: false });
  };
  connect();
  return {
    ...{ replay, seen, connect },
    wish: (strategy: number, differing: Partial<Signal> = {}) => {
      timeNs += SECOND_NS / 10;
      return step({
        kind: 'signal',
        timeNs,
        signal: { ...signalAt(timeNs), strategy, ...differing },
      });
    },
    /** What the venue says of the strategy's only order. */
    report: (strategy: number, differing: object) => {
      const order = deskOf(replay.state, { strategy, instrument: 0 }).orders[0]!;
      const { clientOrderId, pending, side } = order;
      const { date, serial } = pending?.clientOrderId ?? clientOrderId;
      const clOrdId = `${date}-${String(serial).padStart(6, '0')}`;
      const fixSide = side > 0 ? Side.buy : Side.sell;
      return say({ ...report(clOrdId), side: fixSide, ...differing } as ApplicationMessage);
    },
    cut: () => step({ kind: 'disconnected', timeNs, venue: 0 }),
    wait: (seconds: number) => {
      timeNs += seconds * SECOND_NS;
    },
  };
}

type Logon = Parameters<typeof encodeMessage>[1];

const typeOf = (bytes: Uint8Array) => {
  const fields = Buffer.from(bytes).toString('latin1').split('\u0001');
  return fields.find(field => field.startsWith('35='))?.slice(3) ?? '';
};

const signalAt = (timeNs: number): Signal => ({
  ...{ strategy: 0, instrument: 0, timeNs, tickTimeNs: timeNs, forecastTimeNs: timeNs },
  ...{ desiredLots: 2, style: 'join', limitIncrements: 100_000, basis: 'verified' },
  ...{ midLowHalfIncrements: 200_000, midHighHalfIncrements: 200_002, forecastId: 'f'.repeat(32) },
  ...{ bidIncrements: 100_000, askIncrements: 100_002 },
});

let executions = 0;
const report = (clOrdId: string) => ({
  ...{ msgType: '8', clOrdId, orderId: `o-${clOrdId}`, execId: `e-${++executions}` },
  ...{ execType: ExecType.new, ordStatus: OrdStatus.new, symbol: 'EUR/USD' },
  ...{ leavesQty: '2000', cumQty: '0', avgPx: '0' },
});
const fill = {
  ...{ execType: ExecType.trade, ordStatus: OrdStatus.filled, lastQty: '2000', lastPx: '1.00000' },
  ...{ cumQty: '2000', leavesQty: '0' },
};
const cancelled = { execType: ExecType.canceled, ordStatus: OrdStatus.canceled, leavesQty: '0' };

describe('a throttle that trips', () => {
  const risk: Partial<RiskTerms> = {
    limits: [{ scope: 'desk:desk', name: 'executions', hard: 0 }],
    settings: [{ scope: 'desk:desk', name: 'executionWindowNs', value: SECOND_NS }],
  };

  it('cancels what others of the scope have at work, within the step of the fill', () => {
    const world = trading(risk);
    world.wish(0);
    world.wish(1, { limitIncrements: 99_999 });
    world.report(0, {});
    world.report(1, {});
    world.seen.length = 0;
    const { alerts } = world.report(0, fill);
    expect(alerts).toMatchObject([
      { level: 'hard', rule: 'repeated-execution', scope: 'desk:desk', seen: 1, allowed: 0 },
    ]);
    expect(world.seen).toEqual(['F']);
    expect(world.wish(0, { desiredLots: 5 }).refusals).toMatchObject([
      { rule: 'repeated-execution', scope: 'desk:desk' },
    ]);
  });
});

describe('self-trade prevention', () => {
  const sell = { desiredLots: -2, limitIncrements: 99_999, style: 'cross' } as const;
  const policy = (value: number): Partial<RiskTerms> => ({
    settings: [{ scope: 'firm', name: 'selfTrade', value }],
  });

  it('cancel-old: the resting order goes, then the new one leaves by itself', () => {
    const world = trading(policy(2));
    world.wish(0);
    world.report(0, {});
    world.seen.length = 0;
    expect(world.wish(1, sell).refusals).toMatchObject([{ rule: 'self-trade' }]);
    expect(world.seen).toEqual(['F']);
    world.replay.state.desks[0]!.signal = undefined;
    world.report(0, cancelled);
    expect(world.seen).toEqual(['F', 'D']);
  });

  it('cancel-new leaves the resting order; reject says it as a breach too', () => {
    for (const [value, breaches] of [
      [1, 0],
      [3, 1],
    ] as const) {
      const world = trading(policy(value));
      world.wish(0);
      world.report(0, {});
      world.seen.length = 0;
      const { refusals, alerts } = world.wish(1, sell);
      expect(refusals).toMatchObject([{ rule: 'self-trade' }]);
      expect(alerts.filter(({ rule }) => rule === 'self-trade')).toHaveLength(breaches);
      expect(world.seen).toEqual([]);
    }
  });
});

describe('cancel on disconnect', () => {
  const risk: Partial<RiskTerms> = {
    settings: [{ scope: 'venue:venue', name: 'graceNs', value: 3 * SECOND_NS }],
  };
  const status = { execType: ExecType.orderStatus, ordStatus: OrdStatus.new };

  it.each([
    [2, []],
    [4, ['F']],
  ])('after %i s away sends %j for what rests there, once the venue spoke of it', (away, sent) => {
    const world = trading(risk);
    world.wish(0);
    world.report(0, {});
    world.cut();
    world.wait(away);
    world.connect();
    world.seen.length = 0;
    world.report(0, status);
    expect(world.seen).toEqual(sent);
  });
});

describe('states', () => {
  it('of a venue cancel what rests at it, also where nobody wishes for anything any more', () => {
    const world = trading({});
    world.wish(0);
    world.report(0, {});
    world.replay.state.desks[0]!.signal = undefined;
    const { risk, nowNs } = world.replay.state;
    setState(risk, { kind: 'venue', index: 0 }, { state: 'halted', nowNs });
    world.seen.length = 0;
    world.report(0, {});
    expect(world.seen).toEqual(['F']);
    expect(world.wish(1).refusals).toMatchObject([{ rule: 'kill-switch', scope: 'venue:venue' }]);
  });
});

it('says a warning once, in the step that passed the soft level', () => {
  const world = trading({
    limits: [{ scope: 'strategy:alpha', name: 'positionLots', soft: 1, hard: 5 }],
  });
  const { alerts } = world.wish(0);
  expect(alerts).toEqual([
    { level: 'soft', rule: 'position', scope: 'strategy:alpha', seen: 2, allowed: 1 },
  ]);
});

it('holds what a signal says of its forecast against limits, nothing where it is silent', () => {
  const world = trading({
    limits: [{ scope: 'firm', name: 'disagreementPpm', hard: 300_000 }],
  });
  const confidence = { acceptancePpm: 600_000, entropyPpm: 0, clockOffsetNs: 0 };
  expect(world.wish(0, { confidence }).refusals).toMatchObject([
    { rule: 'disagreement', seen: 400_000, allowed: 300_000 },
  ]);
  expect(world.wish(0).refusals).toEqual([]);
});
