/** Book, features and token of each instrument: the twin of `native/crates/core/src/features`. */

import type { FeatureBuffers, FeatureCalls } from '../feature-kernels.ts';
import { VIEW_VALUES } from '../feature-view.ts';
import { TICK_BYTES, TICK_FIELDS } from '../tick-layout.ts';
import { createMarket, type Market, takeRecord, writeView } from './features/market.ts';
import { restoreMarket, saveMarket } from './features/state.ts';

/** See `Kernels.bindFeatures`. */
export function bindFeatures(buffers: FeatureBuffers): FeatureCalls {
  const { records, views, state, sessions, tokens } = buffers;
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  const markets: Market[] = [];
  for (let at = 0; at < sessions.length; at += 2) {
    markets.push(createMarket(sessions[at]!, sessions[at + 1]!, tokens.scaleStart));
  }
  const record = { view, at: 0 };
  const written = { views, at: 0 };
  const show = (market: Market, instrument: number) => {
    written.at = instrument * VIEW_VALUES;
    writeView(market, written, tokens);
  };
  return {
    take(count) {
      for (let index = 0; index < count; index++) {
        record.at = index * TICK_BYTES;
        const instrument = view.getUint16(record.at + TICK_FIELDS.instrument, true);
        const market = markets[instrument];
        if (market === undefined || !takeRecord(market, record, tokens)) return index;
        show(market, instrument);
      }
      return count;
    },
    save(instrument) {
      const market = markets[instrument];
      return market === undefined ? 0 : saveMarket(market, state);
    },
    restore(instrument) {
      const market = markets[instrument];
      if (market === undefined) return 0;
      const isTaken = restoreMarket(market, state);
      show(market, instrument);
      return isTaken ? 1 : 0;
    },
  };
}
