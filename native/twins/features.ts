/** Book, features and token of each instrument: the twin of `native/crates/core/src/features`. */

import type { FeatureBuffers, TakeTicks } from '../feature-kernels.ts';
import { VIEW_VALUES } from '../feature-view.ts';
import { TICK_BYTES, TICK_FIELDS } from '../tick-layout.ts';
import { createMarket, type Market, takeRecord, writeView } from './features/market.ts';

/** See `Kernels.bindFeatures`. */
export function bindFeatures({ records, views, sessions, tokens }: FeatureBuffers): TakeTicks {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  const markets: Market[] = [];
  for (let at = 0; at < sessions.length; at += 2) {
    markets.push(createMarket(sessions[at]!, sessions[at + 1]!, tokens.scaleStart));
  }
  const record = { view, at: 0 };
  const written = { views, at: 0 };
  return count => {
    for (let index = 0; index < count; index++) {
      record.at = index * TICK_BYTES;
      const instrument = view.getUint16(record.at + TICK_FIELDS.instrument, true);
      const market = markets[instrument];
      if (market === undefined || !takeRecord(market, record, tokens)) return index;
      written.at = instrument * VIEW_VALUES;
      writeView(market, written, tokens);
    }
    return count;
  };
}
