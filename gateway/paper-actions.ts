/** What may happen to a gateway before the paper venue, made at random for property tests. */
import fc from 'fast-check';
import { SECOND_NS } from '#engine';
import { CONFIG, type PaperWorld, paperWorld } from './paper-world.ts';
import type { Style } from './signal.ts';

export type Action =
  | { kind: 'signal'; instrument: number; desiredLots: number; style: Style; beyond: number }
  | { kind: 'quote'; instrument: number; move: number; spread: number }
  | { kind: 'wait'; milliseconds: number }
  | { kind: 'kill' | 'arm' | 'cut' | 'connect' | 'restart' };

const instrument = fc.nat({ max: 1 });
export const anyAction: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      ...{ kind: fc.constant('signal' as const), instrument },
      desiredLots: fc.integer({ min: -25, max: 25 }),
      style: fc.constantFrom<Style>('wait', 'join', 'cross', 'cross'),
      beyond: fc.integer({ min: -6, max: 6 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      ...{ kind: fc.constant('quote' as const), instrument },
      move: fc.integer({ min: -12, max: 12 }),
      spread: fc.integer({ min: 1, max: 12 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      milliseconds: fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 900 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('kill' as const, 'arm', 'cut', 'restart') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('connect' as const) }) },
);

export type Quotes = { bid: number; ask: number }[];

export function perform(world: PaperWorld, quotes: Quotes, act: Action): void {
  switch (act.kind) {
    case 'signal': {
      const { bid, ask } = quotes[act.instrument]!;
      const side = act.desiredLots > world.tally.positionLots[act.instrument]! ? 1 : -1;
      const far = side === 1 ? ask : bid;
      world.signal({
        ...{ instrument: act.instrument, desiredLots: act.desiredLots, style: act.style },
        ...{ bidIncrements: bid, askIncrements: ask, limitIncrements: far + side * act.beyond },
      });
      break;
    }
    case 'quote': {
      const bid = quotes[act.instrument]!.bid + act.move;
      quotes[act.instrument] = { bid, ask: bid + act.spread };
      world.quote(act.instrument, bid, bid + act.spread);
      break;
    }
    case 'wait':
      world.wait(act.milliseconds * 1_000_000);
      break;
    case 'kill':
    case 'arm':
      world.gateway.command(act.kind);
      break;
    case 'cut':
    case 'connect':
    case 'restart':
      world[act.kind]();
      break;
  }
}

/** A world that is logged on, with a quote of each instrument. */
export function quotedWorld(delayNs: number): { world: PaperWorld; quotes: Quotes } {
  const world = paperWorld(CONFIG, delayNs);
  const quotes: Quotes = CONFIG.instruments.map(() => ({ bid: 100_000, ask: 100_010 }));
  for (const [index, { bid, ask }] of quotes.entries()) world.quote(index, bid, ask);
  world.connect();
  world.wait(SECOND_NS);
  return { world, quotes };
}
