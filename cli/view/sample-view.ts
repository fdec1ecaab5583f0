/** A view as an ordinary run shows it, for tests to start from. */

import type { LiveView } from '../run/live-view.ts';

export function sampleView(changes: Partial<LiveView> = {}): LiveView {
  return {
    title: 'recorded, real time',
    elapsedMs: 12_900,
    durationMs: 60_000,
    verifier: 'up',
    roundTrip: '20 ms',
    ticks: 1043,
    moves: 811,
    hits: 655,
    late: 2,
    provisional: 156,
    instruments: [
      {
        symbol: 'SIMA',
        mid: '1.38652',
        spread: '0.00012',
        positionLots: 40,
        slippage: { mean: -0.118, interval: 0.31, parents: 14 },
      },
      { symbol: 'SIMB', mid: '1291.405', spread: '0.31', positionLots: -10, slippage: undefined },
    ],
    tree: {
      symbol: 'SIMA',
      branches: [
        { move: '+1', percent: 41.2, isTaken: false, forecast: '+0.3 ±1.1' },
        { move: '-1', percent: 30.4, isTaken: true, forecast: '-0.2 ±1.2' },
        { move: '+2', percent: 12.1, isTaken: false, forecast: '+0.6 ±1.3' },
        { move: '-2', percent: 9.5, isTaken: false, forecast: '-0.6 ±1.4' },
      ],
      outcome: 'hit',
    },
    latency: [
      { segment: 'ingest', count: 1043, p50: 4_100, p99: 11_900, max: 123_000 },
      { segment: 'draft', count: 156, p50: 1_430_000, p99: 4_150_000, max: 42_900_000 },
      { segment: 'verifier', count: 811, p50: 21_900_000, p99: 63_500_000, max: 657_000_000 },
      { segment: 'tick-to-verified-hit', count: 655, p50: 143_200, p99: 412_000, max: 3_100_000 },
      {
        segment: 'tick-to-verified-miss',
        count: 156,
        p50: 21_400_000,
        p99: 24_000_000,
        max: 41_200_000,
      },
    ],
    orders: { sent: 33, filled: 20, cancelled: 8, replaced: 4, rejected: 0, refused: 1 },
    events: ['0:05 link delayed to 50 ms', '0:09 link restored'],
    ...changes,
  };
}
