/** Ticks over a ring: all of them while there is room, the latest state when there is none. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadedKernels } from '#native';
import { anyTick, saidBy } from './any-tick.ts';
import type { Tick } from './tick.ts';
import { createTickReader, createTickWriter, openTickRing, RING_TICKS } from './tick-ring.ts';

const { kernels } = loadedKernels;
function ringOf(ticksMax: number) {
  const handle = openTickRing(kernels);
  const writer = createTickWriter(handle, kernels);
  const reader = createTickReader(handle, { ticksMax, kernels });
  kernels.closeRing(handle);
  return { writer, reader };
}

describe('a ring of ticks', () => {
  it('gives the ticks pushed while it has room, in their order', () => {
    fc.assert(
      fc.property(fc.array(anyTick, { maxLength: 40 }), given => {
        const { writer, reader } = ringOf(100);
        for (const [at, tick] of given.entries()) writer.push(tick, at);
        expect(reader.drain().map(saidBy)).toEqual(given);
        if (given.length > 0) expect(reader.injectedNs).toBe(given.length - 1);
        expect(reader.drain()).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('says of quotes and trades at its bound what each one stands for, and forgets none', () => {
    const few = fc.record({ instrument: fc.nat(2), isTrade: fc.boolean(), price: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(few, { minLength: 1, maxLength: 60 }), given => {
        const { writer, reader } = ringOf(RING_TICKS);
        for (let at = 0; at < RING_TICKS; at++) writer.push(quote(0, 0), at);
        const ticks = given.map(({ instrument, isTrade, price }) =>
          isTrade ? trade(instrument, price) : quote(instrument, price),
        );
        for (const tick of ticks) writer.push(tick, 1);
        expect(writer.flush()).toBe(false);
        expect(reader.drain().length).toBe(RING_TICKS);
        expect(writer.flush()).toBe(true);
        const late = reader.drain().map(saidBy);
        for (const kind of ['quote', 'trade'] as const) {
          for (const instrument of [0, 1, 2]) {
            const all = ticks.filter(t => t.kind === kind && t.instrument === instrument);
            const merged = late.filter(t => t.kind === kind && t.instrument === instrument);
            const latest = all.at(-1);
            if (latest === undefined) {
              expect(merged).toEqual([]);
              continue;
            }
            const lots = kind === 'trade' ? { sizeLots: all.length * 2 } : {};
            const count = all.length > 1 ? { merged: all.length - 1 } : {};
            expect(merged).toEqual([{ ...latest, ...count, ...lots }]);
          }
        }
        expect(writer.counts.merged).toBe(ticks.length - late.length);
      }),
      { numRuns: 8 },
    );
  });

  it('leaves no change of a book out silently: at the bound the instrument loses its book', () => {
    const { writer, reader } = ringOf(2 * RING_TICKS);
    for (let at = 0; at < RING_TICKS; at++) writer.push(quote(0, 0), at);
    for (let at = 0; at < 4096 + 10; at++) writer.push(level(1, at), at);
    writer.push(quote(1, 5), 1);
    expect(writer.counts.lostBookChanges).toBe(10);
    reader.drain();
    expect(writer.flush()).toBe(false);
    const levels = reader.drain().map(saidBy);
    expect(levels.map(tick => tick.kind === 'level' && tick.priceIncrements)).toEqual(
      Array.from({ length: 4096 }, (_, at) => at),
    );
    expect(writer.flush()).toBe(true);
    expect(reader.drain().map(({ kind, instrument }) => [kind, instrument])).toEqual([
      ['gap', 1],
      ['quote', 1],
    ]);
  });
});

function quote(instrument: number, price: number): Tick {
  const prices = { bidIncrements: price, askIncrements: price + 1 };
  return { kind: 'quote', instrument, exchangeTimeNs: price, ...prices };
}

function trade(instrument: number, priceIncrements: number): Tick {
  const sold = { priceIncrements, sizeLots: 2, aggressor: 'buy' as const };
  return { kind: 'trade', instrument, exchangeTimeNs: 3, ...sold };
}

function level(instrument: number, priceIncrements: number): Tick {
  const size = { priceIncrements, sizeLots: 2 };
  return { kind: 'level', side: 'ask', instrument, exchangeTimeNs: 3, ...size };
}
