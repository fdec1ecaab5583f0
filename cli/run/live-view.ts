/** What the terminal shows of a running run: a snapshot, taken a few times a second. */

export type LiveView = {
  /** Where the ticks come from, and at which speed. */
  title: string;
  elapsedMs: number;
  /** Of the whole run, where it is known. */
  durationMs: number | undefined;
  verifier: 'up' | 'down' | 'own process gone';
  /** `20 ms`: as labelled, or as measured to a verifier elsewhere. */
  roundTrip: string;
  ticks: number;
  moves: number;
  hits: number;
  late: number;
  provisional: number;
  instruments: {
    symbol: string;
    mid: string;
    spread: string;
    positionLots: number;
    /** Mean slippage of finished parents against TWAP, price increments, 95 % interval. */
    slippage: { mean: number; interval: number; parents: number } | undefined;
  }[];
  /** The latest speculation whose next move has come. */
  tree:
    | {
        symbol: string;
        branches: { move: string; percent: number; isTaken: boolean; forecast: string }[];
        outcome: 'hit' | 'late' | 'miss';
      }
    | undefined;
  /** Nanoseconds; absent while nothing was recorded. */
  latency: { segment: string; count: number; p50: number; p99: number; max: number }[];
  orders:
    | {
        sent: number;
        filled: number;
        cancelled: number;
        replaced: number;
        rejected: number;
        refused: number;
      }
    /** HOST:PORT of the gateway process that has the counts, and the fills. */
    | { countedElsewhere: string };
  /** What happened lately, newest last: `0:50 verifier killed`. */
  events: string[];
};
