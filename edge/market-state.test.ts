/** An instrument taken over: what follows from its ticks must be as if nobody had gone. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DAY_NS, MILLISECOND_NS } from '#engine';
import { freezeSideInputs } from '#law';
import { loadReferenceData, referenceInstrument, type Tick } from '#market';
import { followForecast } from './decide/follow-forecast.ts';
import { createEdgeEffects } from './effects.ts';
import { marketStateOf, marketStateSchema, restartInstrument } from './market-state.ts';
import { createEdgeState, type EdgeState } from './state.ts';
import { stepEdge } from './step.ts';

const INSTRUMENT = referenceInstrument(loadReferenceData(), {
  symbol: 'EURUSD',
  date: '2014-05-02',
})!;
const ORIGIN_NS = 19_000n * BigInt(DAY_NS);

function edgeAt(originNs: bigint, contextMoves = 3): EdgeState {
  const policy = followForecast({ positionLots: 5, leanSpreadPercent: 10 });
  const identity = { modelHash: 'm', kernel: 'k', seed: 1, paths: 1, moves: 1 };
  const config = { originNs, instruments: [INSTRUMENT], contextMoves, moves: 1, identity, policy };
  return createEdgeState({ ...config, holdNs: 0 });
}

/** Days apart, so that weeks part and sessions with them. */
const happening = fc.oneof(
  { weight: 9, arbitrary: fc.record({ afterHours: fc.nat({ max: 60 }), to: fc.nat({ max: 6 }) }) },
  { weight: 1, arbitrary: fc.constant('gap' as const) },
  { weight: 1, arbitrary: fc.record({ side: fc.integer({ min: -9, max: 9 }) }) },
);
type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

const HOUR_NS = 3_600_000 * MILLISECOND_NS;

/** `days` that the edge's origin lies behind the one that `hours` count from; gives the hours. */
function live(
  state: EdgeState,
  happenings: readonly Happening[],
  { hours, days }: { hours: number; days: number } = { hours: 0, days: 0 },
): number {
  let now = hours;
  for (const each of happenings) {
    const { context } = state.instruments[0]!;
    const stamp = () => ({ instrument: 0, exchangeTimeNs: now * HOUR_NS - days * DAY_NS });
    let tick: Tick | undefined;
    if (each === 'gap') tick = { kind: 'gap', ...stamp() };
    else if ('side' in each) {
      const version = context.nextSideInputs.version + 1;
      freezeSideInputs(context, { version, values: Int16Array.of(each.side) });
    } else {
      now += each.afterHours;
      const prices = { bidIncrements: 100 + each.to, askIncrements: 102 + each.to };
      tick = { kind: 'quote', ...stamp(), ...prices, ...(each.to % 2 === 0 && { bidLots: 7 }) };
    }
    if (tick === undefined) continue;
    const event = { kind: 'ticks', timeNs: 0, injectedNs: 0, ticks: [tick] } as const;
    stepEdge(state, { ...event, ticks: [tick] }, createEdgeEffects());
  }
  return now;
}

it('goes on as if nobody had gone, whatever midnight the successor counts from', () => {
  const lives = fc.array(happening, { maxLength: 40 });
  fc.assert(
    fc.property(lives, lives, fc.integer({ min: -3, max: 3 }), (before, after, days) => {
      const whole = edgeAt(ORIGIN_NS);
      const first = edgeAt(ORIGIN_NS);
      const hours = live(first, before);
      const { codec } = marketStateSchema;
      const state = codec.decode(codec.encode(marketStateOf(first, 0)));
      const second = edgeAt(ORIGIN_NS + BigInt(days * DAY_NS));
      restartInstrument(second, 0, { market: state, features: undefined, parent: undefined });
      live(second, after, { hours, days });
      live(whole, [...before, ...after]);
      expect(marketStateOf(second, 0)).toEqual(marketStateOf(whole, 0));
      expect(second.instruments[0]!.session === undefined).toBe(
        whole.instruments[0]!.session === undefined,
      );
    }),
  );
});

it('is a copy, or a commit would hold ticks that came after it', () => {
  const state = edgeAt(ORIGIN_NS);
  live(
    state,
    [1, 2, 3, 4, 5].map(to => ({ afterHours: 0, to })),
  );
  const kept = marketStateOf(state, 0);
  const before = structuredClone(kept);
  live(state, [{ afterHours: 0, to: 0 }]);
  expect(kept).toEqual(before);
  expect(marketStateOf(state, 0)).not.toEqual(before);
});

it('refuses the state of a target with another context: its moves would be read wrongly', () => {
  const longer = edgeAt(ORIGIN_NS, 4);
  const market = marketStateOf(edgeAt(ORIGIN_NS), 0);
  expect(() =>
    restartInstrument(longer, 0, { market, features: undefined, parent: undefined }),
  ).toThrow('EURUSD: its state has a context of 3 moves, the target has 4');
});
