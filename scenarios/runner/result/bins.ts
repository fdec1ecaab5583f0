/** Samples by stretches of time, for drawing; verdicts are never made of these. */
import { SECOND_NS } from '#engine';
import type { Sample } from '../measure/metric.ts';

/** `seconds`: its middle. */
export type Bin = { seconds: number; width: number; values: number[] };

const BINS = 80;
const WIDTH_SECONDS_MIN = 0.25;

export function binned(samples: readonly Sample[], lengthSeconds: number): Bin[] {
  const width = Math.max(WIDTH_SECONDS_MIN, lengthSeconds / BINS);
  const count = Math.max(1, Math.floor(lengthSeconds / width));
  const bins = Array.from({ length: count }, (_, at): Bin => {
    return { seconds: (at + 0.5) * width, width, values: [] };
  });
  for (const { atNs, value } of samples) {
    bins[Math.floor(atNs / SECOND_NS / width)]?.values.push(value);
  }
  return bins;
}
