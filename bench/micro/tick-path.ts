/** A tick from the ring's writer to the edge's features, before anything is drafted: its cost. */

import { createTickReader, createTickWriter, openTickRing, type Quote } from '#market';
import { openTickPath } from '../tick-path.ts';
import { madeUpInstruments, ORIGIN_NS } from './made-up-market.ts';
import type { Micro } from './micro.ts';

const TICKS = 256;
const GAP_NS = 100_000_000;

export const tickPath: Micro = {
  question:
    'What does a tick cost before anything is drafted: ring write and read, record, features?',
  items: TICKS,
  item: 'tick',
  ways: [{ name: 'ring to features', open: openTickWay }],
};

/** On one thread, so without the hop. Four ticks of five move the mid, as on EURUSD and gold. */
function openTickWay(): () => number {
  const path = openTickPath(madeUpInstruments(), ORIGIN_NS);
  const handle = openTickRing();
  const writer = createTickWriter(handle);
  const reader = createTickReader(handle, { ticksMax: 64 });
  const tick: Quote = {
    ...{ kind: 'quote', instrument: 0, exchangeTimeNs: 36_000_000_000_000.5 },
    ...{ bidIncrements: 100_000, askIncrements: 100_002 },
  };
  tick.exchangeTimeNs = 36_000_000_000_000;
  let count = 0;
  return () => {
    for (let at = 0; at < TICKS; at++, count++) {
      tick.exchangeTimeNs += GAP_NS;
      if (count % 5 !== 0) tick.bidIncrements += ((count * 7) % 3) - 1 || 1 - (count & 2);
      tick.askIncrements = tick.bidIncrements + 2;
      writer.push(tick, tick.exchangeTimeNs);
      path.take(reader.drain());
    }
    return path.moves;
  };
}
