/** The machine of a feed's connection: without these tests a feed could hammer, hang, or lie. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECOND_NS, seededRandom } from '#engine';
import { BACK_OFF_MAX_NS, backOffNs } from './back-off.ts';
import { binanceVenue } from './binance.ts';
import { bybitVenue } from './bybit.ts';
import { createFeedBooks } from './feed-books.ts';
import type { FeedAction, FeedEvent } from './feed-event.ts';
import { createFeedState, type FeedState, stepFeed } from './feed-step.ts';
import { testInstrument } from './testing/sessions.ts';
import type { Venue } from './venue.ts';

const INSTRUMENTS = ['BTCUSDT', 'ETHUSDT'].map(symbol => testInstrument(symbol, '0.01', '0.001'));

type Machine = {
  state: FeedState;
  /** Steps an event and gives what is to be done. */
  at(seconds: number, event: FeedEvent): FeedAction[];
  /** At the time that was asked for. */
  wake(): FeedAction[];
  /** Lets the time pass, waking whenever it was asked for. */
  until(seconds: number): FeedAction[];
};

function machineOf(venue: Venue, seed = 1): Machine {
  const books = createFeedBooks({ venue, instruments: INSTRUMENTS, originNs: 0n });
  const state = createFeedState({ terms: venue.terms, books, random: seededRandom(seed) }, 0);
  const effects = { actions: [] as FeedAction[], wakeNs: 0 };
  const step = (nowNs: number, event: FeedEvent) => {
    stepFeed(state, { ...event, nowNs }, effects);
    return effects.actions.splice(0);
  };
  return {
    state,
    at: (seconds, event) => step(seconds * SECOND_NS, event),
    wake: () => step(effects.wakeNs, { kind: 'wake' }),
    until(seconds) {
      const done: FeedAction[] = [];
      while (effects.wakeNs <= seconds * SECOND_NS) {
        const beforeNs = effects.wakeNs;
        done.push(...step(effects.wakeNs, { kind: 'wake' }));
        if (effects.wakeNs <= beforeNs) throw new Error(`wakes again at ${beforeNs} at once`);
      }
      return done;
    },
  };
}

const kinds = (actions: readonly FeedAction[]) => actions.map(({ kind }) => kind);
const ACK = '{"success":true,"ret_msg":"","op":"subscribe"}';

function book(symbol: string, type: 'snapshot' | 'delta', u: number): string {
  const bid = (99.5 + u / 100).toFixed(2);
  const data = { s: symbol, b: [[bid, '1']], a: [['100.01', '2']], u, seq: u };
  return JSON.stringify({ topic: `orderbook.50.${symbol}`, type, ts: 1000 * u, data });
}

/** Connected, confirmed, and with both books. */
function liveMachine(): Machine {
  const machine = machineOf(bybitVenue());
  machine.at(0, { kind: 'wake' });
  machine.at(0.1, { kind: 'opened' });
  machine.at(0.2, { kind: 'message', text: ACK });
  for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
    machine.at(0.3, { kind: 'message', text: book(symbol, 'snapshot', 1) });
  }
  expect(machine.state.phase).toBe('live');
  return machine;
}

describe('a feed', () => {
  it('connects, subscribes, waits for snapshots and is live, in this order', () => {
    const machine = machineOf(bybitVenue());
    expect(kinds(machine.at(0, { kind: 'wake' }))).toEqual(['connect']);
    expect(machine.state.phase).toBe('connecting');
    const [send] = machine.at(0.1, { kind: 'opened' });
    expect(send).toMatchObject({ kind: 'send', text: expect.stringContaining('orderbook.50.BTC') });
    expect(machine.state.phase).toBe('subscribing');
    machine.at(0.2, { kind: 'message', text: ACK });
    expect(machine.state.phase).toBe('snapshot');
    machine.at(0.3, { kind: 'message', text: book('BTCUSDT', 'snapshot', 1) });
    expect(machine.state.phase).toBe('snapshot');
    const last = machine.at(0.3, { kind: 'message', text: book('ETHUSDT', 'snapshot', 1) });
    expect(last).toEqual([{ kind: 'tell', text: 'live' }]);
    expect(machine.state.books.output.gaps).toEqual([]);
  });

  it('gives up a connection that does not come about, and tries again later and later', () => {
    const machine = machineOf(bybitVenue());
    machine.at(0, { kind: 'wake' });
    const times: number[] = [];
    for (let round = 0; round < 12; round++) {
      const before = machine.state.connectAtNs;
      machine.wake();
      expect(machine.state.phase).toBe('back-off');
      times.push((machine.state.connectAtNs - machine.state.phaseSinceNs) / SECOND_NS);
      expect(machine.state.connectAtNs).toBeGreaterThan(before);
      expect(kinds(machine.wake())).toEqual(['connect']);
    }
    expect(times[0]).toBeLessThan(3);
    expect(times.at(-1)).toBeGreaterThanOrEqual(15);
    expect(Math.max(...times)).toBeLessThanOrEqual(30);
  });

  it('keeps to the venue’s spacing of connections and to what the venue asks for', () => {
    const machine = liveMachine();
    machine.at(0.5, { kind: 'closed', reason: 'x' });
    expect(machine.state.connectAtNs).toBeGreaterThanOrEqual(2 * SECOND_NS);
    const other = liveMachine();
    other.at(0.5, { kind: 'closed', reason: 'HTTP 429', retryAfterNs: 40 * SECOND_NS });
    expect(other.state.connectAtNs).toBe(40.5 * SECOND_NS);
  });

  it('pings, is stale after a silence, and leaves after another', () => {
    const machine = liveMachine();
    const quiet = machine.until(12.29);
    expect(quiet.filter(({ kind }) => kind === 'send')).toHaveLength(2);
    expect(machine.state.phase).toBe('live');
    machine.until(12.31);
    expect(machine.state.phase).toBe('stale');
    const back = machine.at(13.2, { kind: 'alive' });
    expect([machine.state.phase, back]).toEqual(['live', [{ kind: 'tell', text: 'live' }]]);
    const left = machine.until(37.3);
    expect(kinds(left)).toContain('disconnect');
    expect(machine.state.phase).toBe('back-off');
    const { gaps, ticks } = machine.state.books.output;
    expect(gaps.map(({ reason }) => reason)).toEqual(['silent for 24.0 s', 'silent for 24.0 s']);
    expect(ticks.filter(({ kind }) => kind === 'gap')).toHaveLength(2);
  });

  it('that was live for long is tried again at once after a silence', () => {
    const machine = liveMachine();
    machine.state.failures = 6;
    for (let seconds = 5; seconds <= 100; seconds += 5) {
      machine.until(seconds);
      machine.at(seconds, { kind: 'alive' });
    }
    expect(machine.state.phase).toBe('live');
    machine.until(124);
    expect([machine.state.phase, machine.state.failures]).toEqual(['back-off', 1]);
    expect(machine.state.connectAtNs - machine.state.phaseSinceNs).toBeLessThan(SECOND_NS);
  });

  it('asks for one book alone where that one has a gap, and counts it once', () => {
    const machine = liveMachine();
    machine.at(4, { kind: 'message', text: book('BTCUSDT', 'delta', 2) });
    const asked = machine.at(4.1, { kind: 'message', text: book('BTCUSDT', 'delta', 4) });
    expect(asked).toMatchObject([{ kind: 'send', text: expect.stringContaining('unsubscribe') }]);
    const later = machine.until(4.6);
    expect(later).toMatchObject([{ kind: 'send', text: expect.stringContaining('"subscribe"') }]);
    machine.at(4.7, { kind: 'message', text: book('BTCUSDT', 'delta', 5) });
    expect(machine.state.books.output.gaps).toEqual([
      { instrument: 0, reason: 'updates 3 to 3 are missing' },
    ]);
    machine.at(4.8, { kind: 'message', text: book('BTCUSDT', 'snapshot', 9) });
    expect(machine.state.phase).toBe('live');
  });

  it('gives the connection up where snapshots do not help', () => {
    const machine = liveMachine();
    let u = 10;
    let seconds = 1;
    while (machine.state.phase !== 'back-off' && seconds < 50) {
      machine.at(seconds++, { kind: 'message', text: book('BTCUSDT', 'snapshot', u) });
      machine.at(seconds++, { kind: 'message', text: book('BTCUSDT', 'delta', u + 2) });
      u += 10;
    }
    expect(machine.state.phase).toBe('back-off');
    expect(machine.state.books.output.gaps.at(-1)!.reason).toContain('did not help');
  });

  it('ends where the venue refuses again and again, with its words', () => {
    const machine = machineOf(bybitVenue());
    machine.at(0, { kind: 'wake' });
    const refusal = '{"success":false,"ret_msg":"Invalid symbol :[x]","op":"subscribe"}';
    const done: FeedAction[] = [];
    for (let round = 0; round < 3; round++) {
      if (machine.state.phase === 'back-off') machine.wake();
      const now = machine.state.phaseSinceNs / SECOND_NS;
      machine.at(now + 0.1, { kind: 'opened' });
      done.push(...machine.at(now + 0.2, { kind: 'message', text: refusal }));
    }
    expect(done.filter(({ kind }) => kind === 'end')).toEqual([
      { kind: 'end', reason: 'the venue refuses the subscription: Invalid symbol :[x]' },
    ]);
    expect(machine.until(1e6)).toEqual([]);
  });
});

const depth = (s: string, U: number, u: number) =>
  JSON.stringify({
    stream: `${s.toLowerCase()}@depth@100ms`,
    data: { e: 'depthUpdate', E: 1000, s, U, u, b: [['99.99', '1']], a: [['100.01', '1']] },
  });

describe('a feed whose snapshots are asked for', () => {
  it('asks after the first difference, spaced, and later where the venue refuses', () => {
    const machine = machineOf(binanceVenue());
    machine.at(0, { kind: 'wake' });
    machine.at(0.1, { kind: 'opened' });
    machine.at(0.2, { kind: 'message', text: '{"result":null,"id":1}' });
    expect(machine.until(0.9)).toEqual([]);
    const [first] = machine.at(1, { kind: 'message', text: depth('BTCUSDT', 5, 6) });
    expect(first).toMatchObject({ kind: 'request', id: 1 });
    expect(machine.at(1.1, { kind: 'message', text: depth('ETHUSDT', 5, 6) })).toEqual([]);
    const refused = { kind: 'unanswered', id: 1, reason: 'HTTP 429', retryAfterNs: 7 * SECOND_NS };
    machine.at(1.2, refused as FeedEvent);
    expect(machine.until(8.1)).toEqual([]);
    const asked = machine.until(10);
    expect(asked.filter(({ kind }) => kind === 'request')).toHaveLength(2);
    const answer = JSON.stringify({
      lastUpdateId: 5,
      bids: [['99.98', '3']],
      asks: [['100.02', '3']],
    });
    for (const id of [2, 3]) machine.at(10, { kind: 'answer', id, text: answer });
    machine.at(10, { kind: 'answer', id: 99, text: answer });
    expect(machine.state.phase).toBe('live');
    expect(machine.state.books.books[0]!.bids.size).toBe(2);
  });
});

describe('a back-off', () => {
  it('is between half and all of a bound that doubles, and the same for the same seed', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 1000 }), (seed, failures) => {
        const wait = backOffNs(failures, seededRandom(seed));
        const whole = Math.min(BACK_OFF_MAX_NS, 0.5 * SECOND_NS * 2 ** Math.min(20, failures - 1));
        expect(wait).toBeGreaterThanOrEqual(whole / 2);
        expect(wait).toBeLessThanOrEqual(whole);
        expect(backOffNs(failures, seededRandom(seed))).toBe(wait);
      }),
    );
  });
});
