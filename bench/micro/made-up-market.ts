/** Two instruments for microbenches that need some. */

import { type Instrument, loadReferenceData, referenceInstrument } from '#market';

/** 2014-05-02, a Friday. */
export const ORIGIN_NS = 1_398_988_800_000_000_000n;

export function madeUpInstruments(): Instrument[] {
  const rows = loadReferenceData();
  return ['SIMA', 'SIMB'].map(symbol => referenceInstrument(rows, { symbol, date: '2014-05-02' })!);
}
