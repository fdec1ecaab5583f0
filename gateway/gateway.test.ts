/** The gateway in trouble: without these tests, a kill, a stop or a restart could leave orders. */
import { describe, expect, it } from 'vitest';
import { DAY_NS, SECOND_NS } from '#engine';
import type { GatewayEvent } from './event.ts';
import { encodeMessage } from './fix/codec.ts';
import { formatUtcTimestamp } from './fix/timestamp.ts';
import { createGateway } from './gateway.ts';
import { clientOrderIdText } from './order/client-order-id.ts';
import { endOrder } from './order/desk.ts';
import { CONFIG, type PaperWorld, paperWorld, START_NS, signalAt } from './paper-world.ts';

const DELAY_NS = 1_000_000;
const RESTING = { limitIncrements: 99_990 } as const;

function connected(config = CONFIG): PaperWorld {
  const world = paperWorld(config, DELAY_NS);
  world.quote(0, 100_000, 100_010);
  world.quote(1, 100_000, 100_010);
  world.connect();
  world.wait(SECOND_NS);
  return world;
}

const requests = ({ effects }: PaperWorld) =>
  effects.flatMap(each => each.requests.map(({ kind, instrument }) => `${kind} ${instrument}`));
const positions = ({ gateway }: PaperWorld) =>
  gateway.state.desks.map(({ holding }) => holding.positionLots);
/** Types of the FIX messages sent since there were `from`. */
const types = ({ sent }: PaperWorld, from = 0) => {
  const fields = sent.slice(from).flatMap(bytes => bytes.toString().split('\u0001'));
  return fields.filter(field => field.startsWith('35=')).map(field => field.slice(3));
};

describe('a kill', () => {
  it('cancels what works, lets nothing new out, and is taken back by arm', () => {
    const world = connected();
    world.signal(RESTING);
    world.signal({ ...RESTING, instrument: 1 });
    world.wait(SECOND_NS);
    expect(world.tally.open.size).toBe(2);
    world.gateway.command('kill');
    world.wait(SECOND_NS);
    expect(world.tally.open.size).toBe(0);
    world.signal({});
    world.wait(SECOND_NS);
    expect(requests(world)).toEqual(['new 0', 'new 1', 'cancel 0', 'cancel 1']);
    world.gateway.command('arm');
    world.wait(SECOND_NS);
    expect(requests(world)).toHaveLength(4);
    world.signal({});
    world.wait(SECOND_NS);
    expect(positions(world)).toEqual([1, 0]);
  });

  it('counts each order it refuses, or a report would not say why nothing was sent', () => {
    const world = connected();
    const refused = () => world.gateway.state.counts.refused;
    world.gateway.command('kill');
    expect(refused()).toEqual({});
    world.signal({});
    world.signal({ style: 'wait' });
    world.signal({ instrument: 1 });
    expect(refused()).toEqual({ 'kill-switch': 2 });
    expect(world.effects.flatMap(({ refusals }) => refusals)).toEqual(
      [0, 1].map(instrument => ({
        strategy: 0,
        instrument,
        rule: 'kill-switch',
        scope: 'firm',
        seen: 1,
        allowed: 0,
      })),
    );
    world.gateway.command('stop');
    world.signal({});
    expect(refused()).toEqual({ 'kill-switch': 2 });
    expect(requests(world)).toEqual([]);
  });

  it('cancels an order whose answer was still under way', () => {
    const world = connected();
    world.signal(RESTING);
    world.gateway.command('kill');
    expect(requests(world)).toEqual(['new 0']);
    world.wait(SECOND_NS);
    expect(requests(world)).toEqual(['new 0', 'cancel 0']);
    expect(world.tally.open.size).toBe(0);
  });
});

describe('a stop', () => {
  it('cancels in the order of the instruments, then logs out', () => {
    const world = connected();
    world.signal({ ...RESTING, instrument: 1 });
    world.signal(RESTING);
    world.wait(SECOND_NS);
    const before = world.sent.length;
    world.gateway.command('stop');
    expect(types(world, before)).toEqual(['F', 'F', '5']);
    expect(requests(world).slice(-2)).toEqual(['cancel 0', 'cancel 1']);
    world.wait(SECOND_NS);
    expect(world.tally.open.size).toBe(0);
    expect(world.gateway.state.venues[0]!.session.status).toBe('disconnected');
  });

  it('waits with the logout for an answer, or the order would outlive the session', () => {
    const world = connected();
    world.signal(RESTING);
    const before = world.sent.length;
    world.gateway.command('stop');
    expect(types(world, before)).toEqual([]);
    world.wait(SECOND_NS);
    expect(types(world, before)).toEqual(['F', '5']);
    expect(world.tally.open.size).toBe(0);
  });
});

describe('after a restart', () => {
  it('asks how each order stands and sends nothing new before it knows', () => {
    const world = connected();
    world.signal(RESTING);
    world.wait(SECOND_NS);
    world.restart();
    const before = world.sent.length;
    world.signal({ limitIncrements: 99_995 });
    world.connect();
    world.signal({ limitIncrements: 99_996 });
    expect(world.gateway.state.desks[0]?.orders[0]?.isUnknown).toBe(true);
    world.wait(2 * DELAY_NS);
    expect(types(world, before)).toEqual(['A', 'H']);
    world.wait(2 * DELAY_NS);
    expect(types(world, before)).toEqual(['A', 'H', 'G']);
    world.wait(SECOND_NS);
    expect([...world.tally.open.keys()]).toEqual([1]);
    expect(world.gateway.state.desks[0]?.orders[0]).toMatchObject({
      ...{ limitIncrements: 99_996, isUnknown: false, pending: undefined },
    });
  });

  it('books a fill that happened while no process ran', () => {
    const world = connected();
    world.signal({ ...RESTING, desiredLots: 3 });
    world.wait(SECOND_NS);
    world.restart();
    world.quote(0, 99_980, 99_985);
    expect([...world.tally.positionLots]).toEqual([3, 0]);
    world.connect();
    world.wait(SECOND_NS);
    expect(positions(world)).toEqual([3, 0]);
    expect(world.gateway.state.desks[0]?.orders).toEqual([]);
    expect(world.gateway.state.counts.outOfStep).toBe(0);
  });

  it('says nothing before it is connected: the session of before is gone', () => {
    const world = connected();
    world.restart();
    const before = world.sent.length;
    world.gateway.command('stop');
    world.wait(60 * SECOND_NS);
    expect(types(world, before)).toEqual([]);
  });

  it('never goes back in time, though the clock does, or the log would not replay', () => {
    const log: GatewayEvent[] = [{ kind: 'restarted', timeNs: 500 }];
    const gateway = createGateway(
      CONFIG,
      {
        clock: { nowNs: () => 100 },
        timers: { at: () => ({ cancel() {} }) },
        journal: event => log.push(event),
        ...{ send() {}, disconnect() {}, onPosition() {}, onEffects() {} },
      },
      log.slice(),
    );
    gateway.restart();
    expect(log.at(-1)?.timeNs).toBe(500);
  });
});

describe('half a message at the end of a connection', () => {
  const half = Buffer.from('8=FIX.4.4\u00019=200\u000135=8\u000134=3\u000149=VENUE\u0001');

  it.each(['cut', 'restart'] as const)('is dropped by a %s, or the next logon is lost', ending => {
    const world = connected();
    world.gateway.onBytes(half);
    world[ending]();
    world.connect();
    world.wait(4 * DELAY_NS);
    expect(world.gateway.state.venues[0]!.isLoggedOn).toBe(true);
    expect(world.gateway.state.venues[0]!.session.counters.garbled).toBe(0);
  });
});

describe('an order the venue missed', () => {
  it('goes again while it is young', () => {
    const world = connected();
    world.signal({});
    world.cut();
    world.connect();
    world.wait(SECOND_NS);
    expect(world.gateway.state.counts).toMatchObject({ sent: 1, notSent: 0, filled: 1 });
    expect(positions(world)).toEqual([1, 0]);
  });

  it('is kept back once it is old, and the desk is free again', () => {
    const world = connected();
    world.signal({});
    world.cut();
    world.wait(CONFIG.resendAgeNs + DELAY_NS);
    world.connect();
    world.wait(SECOND_NS);
    expect(world.gateway.state.counts).toMatchObject({ sent: 1, notSent: 1, filled: 0 });
    expect([positions(world), world.tally.open.size]).toEqual([[0, 0], 0]);
    world.signal({});
    world.wait(SECOND_NS);
    expect(positions(world)).toEqual([1, 0]);
  });
});

describe('a daily loss', () => {
  it('stops growth until the next day, and lets the position be closed', () => {
    const world = connected({ ...CONFIG, limits: { ...CONFIG.limits, dailyLoss: 5 } });
    world.signal({ desiredLots: 5 });
    world.wait(SECOND_NS);
    expect(positions(world)).toEqual([5, 0]);
    const fallen = { bidIncrements: 99_900, askIncrements: 99_910, limitIncrements: 99_910 };
    world.quote(0, 99_900, 99_910);
    world.signal({ desiredLots: 6, ...fallen });
    world.wait(SECOND_NS);
    expect(positions(world)).toEqual([5, 0]);
    expect(world.gateway.state.counts.refused).toEqual({ 'daily-loss': 1 });
    world.signal({ desiredLots: 3, ...fallen, limitIncrements: 99_900 });
    world.wait(SECOND_NS);
    expect(positions(world)).toEqual([3, 0]);
    world.wait(DAY_NS - (world.time.nowNs() % DAY_NS));
    world.signal({ desiredLots: 6, ...fallen });
    world.wait(SECOND_NS);
    expect(positions(world)).toEqual([6, 0]);
  });
});

it('names orders by the UTC date and a counter that a restart goes on with', () => {
  const world = connected();
  const nameOf = () =>
    clientOrderIdText(world.effects.flatMap(each => each.requests).at(-1)!.clientOrderId);
  world.signal(RESTING);
  expect(nameOf()).toBe('20140502-000001');
  world.wait(SECOND_NS);
  world.restart();
  world.connect();
  world.wait(DAY_NS - START_NS);
  world.signal({ limitIncrements: 99_995 });
  expect(nameOf()).toBe('20140503-000002');
});

it('tells all of an event, though its telling brings another one, or a report would lie', () => {
  const told: { loggedOn: number[]; requests: number }[] = [];
  let nowNs = START_NS;
  const gateway = createGateway(CONFIG, {
    clock: { nowNs: () => nowNs },
    timers: { at: () => ({ cancel() {} }) },
    ...{ journal() {}, send() {}, disconnect() {}, onPosition() {} },
    onEffects(effects) {
      if (effects.loggedOn.length > 0) gateway.onSignal(signalAt(nowNs));
      const { loggedOn, requests } = effects;
      told.push({ loggedOn: loggedOn.slice(), requests: requests.list.length });
    },
  });
  gateway.onConnected();
  nowNs += SECOND_NS;
  gateway.onBytes(
    encodeMessage(
      {
        ...{ msgSeqNum: 1, senderCompId: 'VENUE', targetCompId: 'GATEWAY' },
        sendingTime: formatUtcTimestamp(CONFIG.originNs, nowNs),
      },
      { msgType: 'A', heartBtInt: 30, resetSeqNumFlag: false },
    ),
  );
  expect(told).toEqual([
    { loggedOn: [], requests: 0 },
    { loggedOn: [], requests: 1 },
    { loggedOn: [0], requests: 0 },
  ]);
});

it('asks no venue for what it does not take, and says so', () => {
  const [venue] = CONFIG.venues;
  const world = connected({ ...CONFIG, venues: [{ ...venue!, hasPostOnly: false }] });
  world.signal({ ...RESTING, style: 'join' });
  expect(requests(world)).toEqual([]);
  expect(world.gateway.state.counts.refused).toEqual({ permission: 1 });
  world.signal(RESTING);
  expect(requests(world)).toEqual(['new 0']);
});

it('cancels at its logon what a venue with mass status has open for no desk', () => {
  const [venue] = CONFIG.venues;
  const config = { ...CONFIG, venues: [{ ...venue!, hasMassStatus: true }] };
  const world = connected(config);
  world.signal(RESTING);
  world.signal({ ...RESTING, instrument: 1 });
  world.wait(SECOND_NS);
  const [forgotten, kept] = world.gateway.state.desks;
  endOrder(forgotten!, forgotten!.orders[0]!);
  forgotten!.signal = undefined;
  expect(world.tally.open.size).toBe(2);
  world.cut();
  world.connect();
  world.wait(SECOND_NS);
  expect([...world.tally.open.values()].map(({ instrument }) => instrument)).toEqual([1]);
  expect(kept!.orders).toMatchObject([{ isUnknown: false, pending: undefined }]);
});
