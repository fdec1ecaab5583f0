/** Each control beyond the law's ten at its limit: what none of these refuses, leaves. */
import { describe, expect, it } from 'vitest';
import { EVENTS } from './line-layout.ts';
import { createFirm, type Firm, type Wish } from './testing/firm.ts';

const NOON_NS = 43_200_000_000_000;
const SECOND = 1_000_000_000;
const DAY = 86_400 * SECOND;
const UNIT = 1_000_000_000n;

const at = (seconds: number): Wish => ({ nowNs: NOON_NS + seconds * SECOND });
const approved = 'approved';

describe('states', () => {
  it.each(['firm', 'venue:one', 'desk:rates', 'strategy:alpha', 'instrument:EURUSD'])(
    'a halted %s lets nothing new leave, and others trade on',
    scope => {
      const firm = createFirm();
      firm.halt(scope);
      expect(firm.judge()).toEqual({ rule: 'kill-switch', scope, seen: 1, allowed: 0 });
      const others = firm.judge({ desk: 1, strategy: 1, account: 1, instrument: 1 });
      const isForAll = scope === 'firm' || scope === 'venue:one';
      expect(others === approved).toBe(!isForAll);
    },
  );

  it('a reducing scope lets the position shrink, never grow or turn over', () => {
    const firm = createFirm();
    firm.happen('sync', { positionLots: 3 });
    firm.reduce('strategy:alpha');
    expect(firm.judge({ side: 1 })).toMatchObject({ rule: 'reducing' });
    expect(firm.judge({ side: -1, lots: 7 })).toMatchObject({ rule: 'reducing' });
    expect(firm.judge({ side: -1, lots: 3 })).toBe(approved);
    // Three are open by now: with three more it would be short.
    expect(firm.judge({ side: -1, lots: 4 })).toMatchObject({ rule: 'reducing' });
  });
});

describe('price over a period', () => {
  const collared = () => {
    const firm = createFirm();
    firm.set('firm', 'collarPeriodNs', 16 * SECOND);
    firm.set('firm', 'referenceAgeNs', 2 * SECOND);
    firm.limit('firm', 'periodCollarBasisPoints', { hard: 10 });
    return firm;
  };
  const quote = (firm: Firm, seconds: number, mid: number) =>
    firm.happen('mark', { nowNs: NOON_NS + seconds * SECOND, markHalfIncrements: 2 * mid });

  it('is held against the oldest mid of the period, or a creeping price would lead it away', () => {
    const firm = collared();
    for (let second = 0; second < 8; second++) quote(firm, second, 100_000 + 20 * second);
    const wish = { midHalfIncrements: 200_280, limitIncrements: 100_101, ...at(7) };
    expect(firm.judge(wish)).toMatchObject({ rule: 'period-collar', seen: 11, allowed: 10 });
    expect(firm.judge({ ...wish, limitIncrements: 100_100 })).toBe(approved);
    // Sixteen seconds later the first mids are forgotten.
    for (let second = 8; second < 24; second++) quote(firm, second, 100_140);
    const later = { ...wish, limitIncrements: 100_140, ...at(23) };
    expect(firm.judge(later)).toBe(approved);
  });

  it('refuses without a reference: fail closed', () => {
    const firm = collared();
    expect(firm.judge({ midHalfIncrements: 0 })).toMatchObject({ rule: 'period-collar' });
  });
});

describe('order size', () => {
  it('is limited in lots and in the share of the average daily volume', () => {
    const firm = createFirm();
    firm.limit('instrument:EURUSD', 'orderLots', { hard: 5 });
    expect(firm.judge({ lots: 5 })).toBe(approved);
    expect(firm.judge({ lots: 6 })).toMatchObject({ rule: 'order-volume', seen: 6, allowed: 5 });
    const share = createFirm(undefined, { dailyLots: 1000 });
    share.limit('firm', 'orderVolumePpm', { hard: 5000 });
    expect(share.judge({ lots: 5 })).toBe(approved);
    expect(share.judge({ lots: 6 })).toMatchObject({ rule: 'order-volume', seen: 6000 });
  });
});

describe('open orders', () => {
  it('count at once, before any answer: a burst cannot outrun its fills', () => {
    const firm = createFirm();
    firm.limit('strategy:alpha', 'positionLots', { hard: 3 });
    for (let count = 0; count < 3; count++) expect(firm.judge()).toBe(approved);
    expect(firm.judge()).toMatchObject({ rule: 'position', seen: 4 });
    // The order that is replaced makes room for what replaces it.
    const amend = { isAmend: 1, replacedLots: 1, replacedIncrements: 100_000 };
    expect(firm.judge({ ...amend, lots: 1 })).toBe(approved);
    expect(firm.judge({ ...amend, lots: 2 })).toMatchObject({ rule: 'position', seen: 4 });
  });

  it('of all strategies count for their instrument', () => {
    const firm = createFirm();
    firm.limit('instrument:EURUSD', 'positionLots', { hard: 3 });
    firm.judge({ lots: 2 });
    const other = { desk: 1, strategy: 1, account: 1 };
    expect(firm.judge({ ...other, lots: 2 })).toMatchObject({ rule: 'position', seen: 4 });
    expect(firm.judge({ ...other, lots: 1 })).toBe(approved);
  });
});

describe('messages', () => {
  it('come out of a bucket each: new orders, amendments, and cancels, which always pass', () => {
    const firm = createFirm();
    for (const name of ['newIntervalNs', 'amendIntervalNs', 'cancelIntervalNs'] as const) {
      firm.set('firm', name, SECOND);
    }
    firm.limit('firm', 'newMessages', { hard: 2 });
    firm.limit('firm', 'amendMessages', { hard: 1 });
    firm.limit('firm', 'cancelMessages', { soft: 0, hard: 1 });
    expect([firm.judge(), firm.judge()]).toEqual([approved, approved]);
    expect(firm.judge()).toMatchObject({ rule: 'message-rate', seen: 3, allowed: 2 });
    const amend = { isAmend: 1, replacedLots: 1, replacedIncrements: 100_000 };
    expect(firm.judge(amend)).toBe(approved);
    expect(firm.judge(amend)).toMatchObject({ rule: 'message-rate', seen: 2, allowed: 1 });
    const cancel = () => firm.happen('count', { kind: EVENTS.cancel, side: 1 }).alerts;
    expect(cancel()).toMatchObject([{ level: 'soft', rule: 'message-rate', seen: 1 }]);
    expect(cancel()).toMatchObject([{ level: 'hard', rule: 'message-rate', seen: 2 }]);
    expect(firm.scopeValue('firm', 'overBudget')).toBe(1);
    expect(firm.scopeValue('firm', 'cancels')).toBe(2);
    expect(firm.judge(at(1))).toBe(approved);
    expect(firm.judge(at(1))).toMatchObject({ rule: 'message-rate' });
  });

  it('of a day are limited, and a new UTC day begins anew', () => {
    const firm = createFirm();
    firm.limit('account:USD', 'messagesPerDay', { hard: 2 });
    firm.judge();
    firm.happen('count', { kind: EVENTS.cancel, side: 1 });
    expect(firm.judge()).toMatchObject({ rule: 'message-rate', scope: 'account:USD', seen: 3 });
    expect(firm.judge({ nowNs: NOON_NS + DAY })).toBe(approved);
  });
});

describe('repeated executions', () => {
  it('halt the strategy until it is re-enabled, and the refusal says by which rule', () => {
    const firm = createFirm();
    firm.set('strategy:alpha', 'executionWindowNs', SECOND);
    firm.limit('strategy:alpha', 'executions', { soft: 1, hard: 2 });
    const fill = (seconds: number) =>
      firm.happen('count', { kind: EVENTS.fill, side: 1, ...at(seconds) }).alerts;
    expect(fill(0)).toEqual([]);
    expect(fill(0.5)).toMatchObject([{ level: 'soft', seen: 2, allowed: 1 }]);
    expect(fill(1.2)).toEqual([]);
    expect(fill(1.3)).toMatchObject([
      { level: 'hard', rule: 'repeated-execution', scope: 'strategy:alpha', seen: 3, allowed: 2 },
    ]);
    const refused = firm.judge(at(3600));
    expect(refused).toMatchObject({ rule: 'repeated-execution', scope: 'strategy:alpha' });
    expect(firm.judge({ desk: 1, strategy: 1, account: 1 })).toBe(approved);
  });
});

describe('duplicate orders', () => {
  it('are the same side, size and price within the window, a strategy for itself', () => {
    const firm = createFirm();
    firm.set('strategy:alpha', 'duplicateWindowNs', SECOND);
    firm.limit('strategy:alpha', 'duplicateOrders', { hard: 1 });
    expect(firm.judge()).toBe(approved);
    expect(firm.judge(at(0.9))).toMatchObject({ rule: 'duplicate-order', seen: 2, allowed: 1 });
    expect(firm.judge({ lots: 2 })).toBe(approved);
    expect(firm.judge({ side: -1 })).toBe(approved);
    expect(firm.judge({ limitIncrements: 99_999 })).toBe(approved);
    expect(firm.judge({ instrument: 1 })).toBe(approved);
    expect(firm.judge({ desk: 1, strategy: 1, account: 1 })).toBe(approved);
    expect(firm.judge(at(1))).toBe(approved);
  });

  it('never have a ClOrdID a second time', () => {
    const firm = createFirm();
    expect(firm.judge({ idSerial: 7 })).toBe(approved);
    expect(firm.judge({ idSerial: 7 })).toMatchObject({ rule: 'client-order-id' });
    expect(firm.judge({ idSerial: 6 })).toMatchObject({ rule: 'client-order-id' });
    expect(firm.judge({ idDate: 20_140_503, idSerial: 1 })).toBe(approved);
  });
});

describe('credit', () => {
  // A lot at 100,000 increments is worth 1,000 units.
  it('limits what is open, gross of all that could be held, and the net of one direction', () => {
    const firm = createFirm();
    firm.limit('desk:rates', 'openNotional', { hard: 3_000 });
    expect(firm.judge({ lots: 3 })).toBe(approved);
    expect(firm.judge()).toMatchObject({ rule: 'open-notional', seen: 4_000n, allowed: 3_000 });

    const gross = createFirm();
    gross.limit('firm', 'grossNotional', { hard: 5_000 });
    gross.happen('mark', { markHalfIncrements: 200_000 });
    gross.happen('sync', { positionLots: -3 });
    expect(gross.judge({ side: -1, lots: 2 })).toBe(approved);
    expect(gross.judge({ side: -1 })).toMatchObject({ rule: 'gross-notional', seen: 6_000n });
    expect(gross.judge({ side: 1, lots: 3 })).toBe(approved);

    const net = createFirm();
    net.limit('firm', 'netNotional', { hard: 2_000 });
    net.happen('mark', { markHalfIncrements: 200_000 });
    net.happen('sync', { positionLots: 2 });
    expect(net.judge()).toMatchObject({ rule: 'net-notional', seen: 3_000n });
    expect(net.judge({ side: -1, lots: 4 })).toBe(approved);
    expect(net.judge({ side: -1 })).toMatchObject({ rule: 'net-notional', seen: 3_000n });
  });

  it('limits leverage: gross over capital', () => {
    const firm = createFirm();
    firm.set('firm', 'capitalUnits', 2_000);
    firm.limit('firm', 'leverageHundredths', { hard: 150 });
    expect(firm.judge({ lots: 3 })).toBe(approved);
    expect(firm.judge()).toMatchObject({ rule: 'leverage', seen: 4_000n, allowed: 3_000 });
  });
});

describe('losses', () => {
  it('warn at the soft level once, and again only after they had gone', () => {
    const firm = createFirm();
    firm.limit('account:USD', 'dailyLoss', { soft: 80, hard: 100 });
    const mark = (units: bigint) => {
      firm.earn('account:USD', -units * UNIT, 0n, 0n);
      return firm.happen('loss').alerts;
    };
    expect(mark(79n)).toEqual([]);
    const warned = { level: 'soft', rule: 'daily-loss', scope: 'account:USD' };
    expect(mark(80n)).toEqual([{ ...warned, seen: 80n, allowed: 80 }]);
    expect(mark(90n)).toEqual([]);
    expect(mark(100n)).toMatchObject([{ level: 'hard', seen: 100n, allowed: 100 }]);
    expect(mark(101n)).toEqual([]);
    expect(mark(10n)).toEqual([]);
    expect(mark(80n)).toHaveLength(1);
  });

  it('may be a share of the high-water mark', () => {
    const firm = createFirm();
    firm.set('account:USD', 'capitalUnits', 900);
    firm.limit('account:USD', 'drawdownPpm', { hard: 100_000 });
    firm.earn('account:USD', 0n, 0n, 100n * UNIT);
    expect(firm.judge()).toBe(approved);
    firm.earn('account:USD', -1_000_000n, 0n, 100n * UNIT);
    expect(firm.judge()).toMatchObject({ rule: 'trailing-drawdown', seen: 100_001 });
  });
});

describe('self-trade', () => {
  it('is seen across strategies; the answer says what to do and with whose order', () => {
    const firm = createFirm();
    firm.set('firm', 'selfTrade', 2);
    const other = { desk: 1, strategy: 1, account: 1 };
    expect(firm.judge({ ...other, side: -1, limitIncrements: 100_002 })).toBe(approved);
    expect(firm.judge({ limitIncrements: 100_001 })).toBe(approved);
    const met = { rule: 'self-trade', scope: 'firm', seen: 100_002, allowed: 100_002 };
    expect(firm.judge({ limitIncrements: 100_002 })).toEqual(met);
    expect(firm.judge({ isMarket: 1 })).toMatchObject({ rule: 'self-trade' });
    expect(firm.judge({ ...other, side: -1, limitIncrements: 100_001 })).toMatchObject({
      rule: 'self-trade',
    });
    expect(firm.judge({ limitIncrements: 100_002, instrument: 1 })).toBe(approved);
  });
});

describe('permission', () => {
  it('keeps a strategy to its instruments, and everybody from the restricted ones', () => {
    const firm = createFirm(undefined, { forbidden: true });
    expect(firm.judge()).toMatchObject({ rule: 'permission', scope: 'strategy:alpha' });
    const listed = createFirm(undefined, { isRestricted: true });
    expect(listed.judge()).toMatchObject({ rule: 'restricted-list', scope: 'instrument:EURUSD' });
  });
});

describe('doubtful data', () => {
  const gates = [
    ['clockOffsetNs', { hard: 50 }, 'clockOffsetNs', -50, -51, 'clock-offset'],
    ['provisionalForecasts', { hard: 0 }, 'isProvisional', 0, 1, 'forecast-basis'],
    ['disagreementPpm', { hard: 400_000 }, 'acceptancePpm', 600_000, 599_999, 'disagreement'],
    ['entropyPpm', { hard: 700_000 }, 'entropyPpm', 700_000, 700_001, 'entropy'],
  ] as const;
  it.each(gates)('%s', (name, levels, field, good, bad, rule) => {
    const firm = createFirm();
    firm.limit('strategy:alpha', name, levels);
    expect(firm.judge({ [field]: good })).toBe(approved);
    expect(firm.judge({ [field]: bad })).toMatchObject({ rule, scope: 'strategy:alpha' });
  });
});

describe('programme trading', () => {
  it('counts occasions: so many orders and cancels within the window, on so many a day', () => {
    const firm = createFirm();
    firm.set('account:USD', 'programmeWindowNs', SECOND);
    firm.set('account:USD', 'programmeCount', 3);
    firm.limit('account:USD', 'programmeOccasions', { soft: 0, hard: 1 });
    firm.judge(at(0));
    firm.judge(at(0.1));
    expect(firm.happen('count', { kind: EVENTS.cancel, side: 1, ...at(0.2) }).alerts).toMatchObject(
      [{ level: 'soft', rule: 'programme-trading', seen: 1, allowed: 0 }],
    );
    // Three in more than a second are none.
    for (const seconds of [2, 2.4, 3.1]) expect(firm.judge(at(seconds))).toBe(approved);
    for (const seconds of [3.2, 3.3]) firm.judge(at(seconds));
    expect(firm.judge(at(9))).toMatchObject({ rule: 'programme-trading', seen: 2, allowed: 1 });
    expect(firm.judge({ nowNs: NOON_NS + DAY })).toBe(approved);
  });
});

describe('surveillance of our own flow', () => {
  it('finds layering: cancels on one side while the other fills', () => {
    const firm = createFirm();
    firm.set('instrument:EURUSD', 'flowWindowNs', 8 * SECOND);
    firm.limit('instrument:EURUSD', 'layeringOrders', { hard: 1 });
    for (let count = 0; count < 2; count++) firm.happen('count', { kind: EVENTS.cancel, side: 1 });
    expect(firm.judge()).toBe(approved);
    firm.happen('count', { kind: EVENTS.fill, side: -1 });
    expect(firm.judge()).toMatchObject({ rule: 'layering', seen: 2, allowed: 1 });
    expect(firm.judge({ side: -1 })).toBe(approved);
    expect(firm.judge(at(8))).toBe(approved);
  });

  it('finds quote stuffing: messages without fills', () => {
    const firm = createFirm();
    firm.set('firm', 'flowWindowNs', 8 * SECOND);
    firm.set('firm', 'stuffingPerFill', 4);
    firm.limit('firm', 'stuffingMessages', { hard: 3 });
    for (let count = 0; count < 3; count++) expect(firm.judge()).toBe(approved);
    expect(firm.judge()).toMatchObject({ rule: 'quote-stuffing', seen: 4, allowed: 3 });
    for (let count = 0; count < 2; count++) firm.happen('count', { kind: EVENTS.fill, side: 1 });
    expect(firm.judge()).toBe(approved);
  });

  it('finds stop cascades: stops of one side', () => {
    const firm = createFirm();
    firm.set('firm', 'flowWindowNs', 8 * SECOND);
    firm.limit('firm', 'stopOrders', { hard: 1 });
    expect(firm.judge({ isStop: 1 })).toBe(approved);
    expect(firm.judge({ isStop: 1 })).toMatchObject({ rule: 'stop-cascade', seen: 2 });
    expect(firm.judge({ isStop: 1, side: -1 })).toBe(approved);
    expect(firm.judge()).toBe(approved);
  });
});

describe('connections', () => {
  it('that come back after the grace have their orders cancelled', () => {
    const firm = createFirm();
    firm.set('venue:one', 'graceNs', 3 * SECOND);
    const lost = () => firm.happen('connection', { kind: EVENTS.lost });
    const back = (seconds: number) =>
      firm.happen('connection', { kind: EVENTS.back, ...at(seconds) });
    expect(back(0).isTrue).toBe(false);
    lost();
    expect(back(3).isTrue).toBe(false);
    lost();
    expect(back(3.1)).toMatchObject({
      isTrue: true,
      alerts: [{ rule: 'cancel-on-disconnect', scope: 'venue:one', seen: 3.1 * SECOND }],
    });
    expect(back(4).isTrue).toBe(false);
  });
});

describe('reconciliation', () => {
  it('beyond its tolerance lets the instrument only shrink', () => {
    const firm = createFirm();
    firm.limit('instrument:EURUSD', 'reconciliationLots', { hard: 1 });
    firm.happen('sync', { positionLots: 4 });
    expect(firm.happen('reconcile', { positionLots: 3 }).alerts).toEqual([]);
    expect(firm.judge()).toBe(approved);
    expect(firm.happen('reconcile', { positionLots: 6 }).alerts).toMatchObject([
      { level: 'hard', rule: 'reconciliation', scope: 'instrument:EURUSD', seen: 2, allowed: 1 },
    ]);
    expect(firm.judge()).toMatchObject({ rule: 'reducing', scope: 'instrument:EURUSD' });
  });
});

describe("a market maker's duty", () => {
  it('is quotes on both sides for a share of the time; less is an alert', () => {
    const firm = createFirm();
    firm.set('strategy:alpha', 'dutyLots', 2);
    firm.set('strategy:alpha', 'dutySpreadIncrements', 4);
    firm.set('strategy:alpha', 'dutyObservedNs', SECOND);
    firm.limit('strategy:alpha', 'absencePpm', { hard: 200_000 });
    const quotes = { openBuyLots: 2, openSellLots: 2, highestBuy: 99_998, lowestSell: 100_002 };
    const sync = (seconds: number, of: object) => firm.happen('sync', { ...of, ...at(seconds) });
    expect(sync(0, quotes).alerts).toEqual([]);
    expect(sync(8, { ...quotes, openSellLots: 1 }).alerts).toEqual([]);
    expect(sync(10, { ...quotes, lowestSell: 100_003 }).alerts).toEqual([]);
    expect(sync(11, quotes).alerts).toMatchObject([
      { level: 'hard', rule: 'quote-presence', scope: 'strategy:alpha', allowed: 200_000 },
    ]);
    expect(sync(12, quotes).alerts).toEqual([]);
  });
});

it('refuses a malformed intent: what cannot be judged does not leave', () => {
  const firm = createFirm();
  for (const wish of [{ lots: 0.5 }, { lots: -1 }, { side: 0 }, { strategy: 2 }, { venue: -1 }]) {
    expect(firm.judge(wish)).toMatchObject({ rule: 'malformed' });
  }
});
