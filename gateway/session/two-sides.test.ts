/** Two sessions back to back over a connection that keeps failing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionEffect } from './event.ts';
import { memoryStore } from './memory-store.ts';
import { newSession } from './state.ts';
import { stepSession } from './step.ts';
import { type Action, perform, settle, type TwoSides, twoSides } from './two-sides.ts';

const from = fc.constantFrom(0 as const, 1 as const);
const anyAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('connect' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('logout' as const), from }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const), from }) },
  {
    weight: 8,
    arbitrary: fc.record({
      ...{ kind: fc.constant('arrive' as const), from },
      count: fc.integer({ min: 1, max: 8 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      durationNs: fc.integer({ min: 0, max: 30_000 }).map(ms => ms * 1_000_000),
    }),
  },
);
const anyActions = fc.array(anyAction, { maxLength: 150, size: 'max' });
/** Small enough that queues overflow and answers come in several steps. */
const TIGHT = { gapQueueBytesMax: 2_000, resendMessagesPerStep: 3 };
const EXPECTED = [
  'logged-out',
  'logout-timeout',
  'logon-timeout',
  'heartbeat-timeout',
  'gap-timeout',
];

function expectExactlyOnce({ sides: [initiator, acceptor] }: TwoSides): void {
  expect(acceptor.delivered).toEqual(initiator.sent);
  expect(initiator.delivered).toEqual(acceptor.sent);
}

describe('two sides over a connection that keeps failing', () => {
  const runs = Number(process.env.OUTRIDER_FUZZ_RUNS ?? 300);

  it('deliver every message exactly once in order, or orders would be lost or doubled', () => {
    fc.assert(
      fc.property(anyActions, fc.boolean(), fc.boolean(), (actions, tightOne, tightTwo) => {
        const world = twoSides(tightOne ? TIGHT : {}, tightTwo ? TIGHT : {});
        for (const action of actions) perform(world, action);
        for (const { reasons } of world.sides) {
          for (const reason of reasons.splice(0)) expect(EXPECTED).toContain(reason);
        }
        settle(world);
        expectExactlyOnce(world);
        for (const { reasons } of world.sides) {
          for (const reason of reasons) expect(reason).toBe('logged-out');
        }
      }),
      { numRuns: runs },
    );
  });

  it('send the same bytes when replayed, or failover would fork the session', () => {
    fc.assert(
      fc.property(anyActions, actions => {
        const world = twoSides(TIGHT, TIGHT);
        for (const action of actions) perform(world, action);
        for (const side of world.sides) {
          const again = newSession(side.state.config, memoryStore());
          const effects: SessionEffect[] = [];
          for (const event of side.events) stepSession(again, event, effects);
          const bytes = effects.flatMap(effect => (effect.kind === 'send' ? [effect.bytes] : []));
          expect(bytes).toEqual(side.output);
          expect({ ...again, store: undefined }).toEqual({ ...side.state, store: undefined });
        }
      }),
      { numRuns: Math.ceil(runs / 3) },
    );
  });

  it('recover hundreds of messages that were numbered while nobody was connected', () => {
    const world = twoSides(TIGHT, TIGHT);
    for (let sent = 0; sent < 500; sent++) {
      perform(world, { kind: 'send', from: sent % 2 === 0 ? 0 : 1 });
    }
    settle(world);
    expectExactlyOnce(world);
  });
});
