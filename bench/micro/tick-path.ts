/** A tick at the edge before anything is drafted: its cost. */

import type { Tick } from '#market';
import { openTickPath } from '../tick-path.ts';
import { madeUpInstruments, ORIGIN_NS } from './made-up-market.ts';
import type { Micro } from './micro.ts';

const TICKS = 256;
const GAP_NS = 100_000_000;

export const tickPath: Micro = {
  question: 'What does a tick cost the edge before anything is drafted (ingest and features)?',
  items: TICKS,
  item: 'tick',
  ways: [{ name: 'edge', open: openEdge }],
};

/** Four ticks of five move the mid, as on EURUSD and gold. */
function openEdge(): () => number {
  const path = openTickPath(madeUpInstruments(), ORIGIN_NS);
  let exchangeTimeNs = 36_000_000_000_000;
  let bidIncrements = 100_000;
  let count = 0;
  return () => {
    for (let at = 0; at < TICKS; at++, count++) {
      exchangeTimeNs += GAP_NS;
      if (count % 5 !== 0) bidIncrements += ((count * 7) % 3) - 1 || 1 - (count & 2);
      const tick: Tick = {
        ...{ kind: 'quote', instrument: 0, exchangeTimeNs },
        ...{ bidIncrements, askIncrements: bidIncrements + 2 },
      };
      path.take(tick);
    }
    return path.moves;
  };
}
