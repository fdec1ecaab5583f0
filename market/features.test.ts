/** Features: twin and addon to the byte, against the law, and what they mean on made-up ticks. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendMove, createContext, scaleCode } from '#law';
import { loadedKernels, twinKernels, VIEW } from '#native';
import { anyWalk } from './any-walk.ts';
import { createMarketFeatures, FEATURE_NAMES } from './features.ts';
import { sessionNumber, sessionsOf } from './session.ts';
import { midHalfIncrements, type Quote, type Tick } from './tick.ts';

const ORIGIN_NS = 1_399_000_000n * 1_000_000_000n;
const SECOND = 1e9;
const INSTRUMENTS = [{ calendar: 'fx-week' as const }, { calendar: 'always' as const }];

describe('features', () => {
  it(`are the same bytes in the ${loadedKernels.kind} kernel in use and in the twin`, () => {
    fc.assert(
      fc.property(anyWalk, ticks => {
        const twin = createMarketFeatures(INSTRUMENTS, ORIGIN_NS, twinKernels);
        const used = createMarketFeatures(INSTRUMENTS, ORIGIN_NS);
        for (const tick of ticks) {
          twin.take([tick]);
          used.take([tick]);
          expect(bytesOf(used.views)).toEqual(bytesOf(twin.views));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('do not depend on how ticks are cut into batches, or a replay would differ', () => {
    fc.assert(
      fc.property(anyWalk, fc.nat(120), (ticks, cut) => {
        const whole = createMarketFeatures(INSTRUMENTS, ORIGIN_NS);
        const parts = createMarketFeatures(INSTRUMENTS, ORIGIN_NS);
        whole.take(ticks);
        parts.take(ticks.slice(0, cut));
        parts.take(ticks.slice(cut));
        expect(bytesOf(parts.views)).toEqual(bytesOf(whole.views));
      }),
    );
  });

  it('carry the token, the code and the scale of the law', () => {
    fc.assert(
      fc.property(anyWalk, ticks => {
        const features = createMarketFeatures(INSTRUMENTS, ORIGIN_NS);
        const context = createContext('X', 8);
        const sessions = sessionsOf('fx-week', ORIGIN_NS);
        let session: number | undefined;
        let last: Quote | undefined;
        let token: number | undefined;
        for (const tick of ticks.filter(({ instrument }) => instrument === 0)) {
          features.take([tick]);
          if (tick.kind === 'gap') {
            [session, token] = [undefined, undefined];
          } else if (tick.kind === 'quote') {
            const present = sessionNumber(sessions, tick.exchangeTimeNs);
            const move = last === undefined ? 0 : midHalfIncrements(tick) - midHalfIncrements(last);
            if (session !== present) token = undefined;
            else if (move !== 0) token = appendMove(context, move);
            session = present;
            last = tick;
          }
          expect(features.value(0, 'token')).toBe(token);
          expect(features.views[VIEW.scale]).toBe(context.scale);
          expect(features.views[VIEW.code]).toBe(scaleCode(context.scale));
        }
      }),
    );
  });

  it('mask what the source has not given, rather than call it zero', () => {
    const features = createMarketFeatures(INSTRUMENTS, ORIGIN_NS);
    const given = () => FEATURE_NAMES.filter(name => features.value(1, name) !== undefined);
    expect(given()).toEqual([]);
    features.take([quote(1, { bidIncrements: 10, askIncrements: 14 })]);
    expect(given()).toEqual(['spreadIncrements', 'intensity']);
    features.take([quote(2, { bidIncrements: 11, askIncrements: 14, bidLots: 3, askLots: 1 })]);
    const moved = ['imbalance', 'micropriceHalfIncrements', 'fastVolatility', 'slowVolatility'];
    expect(given()).toEqual(['spreadIncrements', ...moved, 'intensity', 'token']);
    features.take([trade(3, { aggressor: 'sell' })]);
    expect(given()).toContain('tradeFlow');
    features.gap(1);
    expect(given()).toEqual([]);
  });

  it('mean what docs/features.md says', () => {
    const features = createMarketFeatures(INSTRUMENTS, ORIGIN_NS);
    features.take([
      quote(1 * SECOND, { bidIncrements: 10, askIncrements: 14 }),
      quote(2 * SECOND, { bidIncrements: 12, askIncrements: 16, bidLots: 3, askLots: 1 }),
      trade(2 * SECOND, { priceIncrements: 16 }),
      trade(12 * SECOND, { priceIncrements: 12 }),
      { kind: 'snapshot', instrument: 1, exchangeTimeNs: 0 },
      level({ side: 'bid', priceIncrements: 12, sizeLots: 3, hasMore: true }),
      level({ side: 'ask', priceIncrements: 16, sizeLots: 1 }),
    ]);
    expect(features.value(1, 'spreadIncrements')).toBe(4);
    expect(features.value(1, 'imbalance')).toBe(0.5);
    expect(features.value(1, 'micropriceHalfIncrements')).toBe(30);
    // A move of 4 half increments ten seconds ago, in windows of 1 s and of 60 s.
    const volatility = (half: number) => Math.sqrt(((16 * 2 ** (-10 / half)) / half) * Math.LN2);
    expect(features.value(1, 'fastVolatility')).toBeCloseTo(volatility(1), 9);
    expect(features.value(1, 'slowVolatility')).toBeCloseTo(volatility(60), 9);
    // A buy, and ten seconds later a sell.
    expect(features.value(1, 'tradeFlow')).toBeCloseTo(-0.5, 9);
    const events = 1 + (1 + 1 + 2 ** -1) * 2 ** -10;
    expect(features.value(1, 'intensity')).toBeCloseTo(events * Math.LN2, 9);
    expect(features.value(1, 'depthImbalance')).toBe(0.5);
  });
});

const bytesOf = ({ buffer }: Float64Array) => Buffer.from(buffer as ArrayBuffer).toString('hex');

function quote(exchangeTimeNs: number, fields: Partial<Quote>): Quote {
  const prices = { bidIncrements: 0, askIncrements: 0 };
  return { kind: 'quote', instrument: 1, exchangeTimeNs, ...prices, ...fields };
}

function trade(exchangeTimeNs: number, fields: object): Tick {
  return { kind: 'trade', instrument: 1, exchangeTimeNs, priceIncrements: 12, ...fields };
}

const level = (
  fields: Pick<Tick & { kind: 'level' }, 'side' | 'priceIncrements' | 'sizeLots'> & {
    hasMore?: true;
  },
): Tick => ({ kind: 'level', instrument: 1, exchangeTimeNs: 0, ...fields });
