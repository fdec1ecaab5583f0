/** `report.json`: the figures of a run, version 1; null: a ratio of nothing, or not known here. */
import { z } from 'zod';
import { accountSchema } from './account-report.ts';

const count = z.int().min(0);
const ratio = z.number().nullable();
const counts = z.record(z.string(), count);

const ticks = z.object({
  /** Recorded rows: `read = used + sum(rejected)`. */
  read: count,
  used: count,
  rejected: counts,
  /** Ticks the edge took, and changes of the mid among them. */
  taken: count,
  moves: count,
  instruments: z.array(
    z.object({
      symbol: z.string(),
      priceIncrement: z.string(),
      lotSize: z.string(),
      /** True where the reference data was inferred from the recording. */
      inferred: z.boolean(),
      /** Fields of a quote that the source never gave. */
      maskedFeatures: z.array(z.string()),
      moves: count,
      /** Moves beyond the alphabet's last rung. */
      clippedMoves: count,
      epochs: count,
    }),
  ),
  /** Exchange time of the first and last quote, ISO 8601 with nanoseconds. */
  firstTime: z.string().nullable(),
  lastTime: z.string().nullable(),
});

const forecasts = z.object({
  provisional: count,
  /** Verified before their deadline: hits and those that came later. */
  verified: count,
  /** Moves whose deadline passed first. */
  late: count,
  /** Moves that the next move overtook before their forecast was settled. */
  overtaken: count,
  /** Moves whose verified forecast was at the edge before they happened. */
  hits: count,
  /** hits / moves. */
  hitRate: ratio,
  /**
   * Share of moves that came later after the one before than the median verdict took: what looking
   * one move ahead can reach.
   */
  arrivalBound: ratio.default(null),
  /** Versions of side inputs that were frozen; 0 where the target takes none. */
  sideInputVersions: count.default(0),
});

const speculation = z.object({
  verdicts: count,
  /** Requests without a verdict, by reason. */
  unanswered: counts,
  /** Passes of the target. */
  passes: count,
  /** Moves the draft proposed, and those the target picked itself. */
  drafted: count,
  accepted: count,
  /** accepted / drafted. */
  acceptance: ratio,
  /** Moves of all settled paths of all contexts, a pass of the target. */
  tokensPerPass: ratio,
  /** Tree nodes the target evaluated, a move of those settled forecasts that reached a decision. */
  verifiedTokensPerUsed: ratio,
  branches: count,
  trajectories: count,
  moves: count,
});

const unknown = z.null();

const orders = z.union([
  z.object({
    countedElsewhere: z.null(),
    sent: count,
    acked: count,
    filled: count,
    partiallyFilled: count,
    cancelled: count,
    replaced: count,
    rejected: count,
    refused: counts,
    notSent: count,
    outOfStep: count,
  }),
  z.object({
    /** HOST:PORT of the gateway process that has the counts, positions, profits and fills. */
    countedElsewhere: z.string(),
    sent: unknown,
    acked: unknown,
    filled: unknown,
    partiallyFilled: unknown,
    cancelled: unknown,
    replaced: unknown,
    rejected: unknown,
    refused: unknown,
    notSent: unknown,
    outOfStep: unknown,
  }),
]);

const slippage = z.object({
  /** Parent orders whose time was over and that were filled at least in part. */
  parents: count.nullable(),
  unfilled: count.nullable(),
  /** Average fill against the time-weighted mid, half price increments; positive is worse. */
  meanHalfIncrements: ratio,
  /** 95 % confidence interval of the mean over parents (Student's t). */
  lowHalfIncrements: ratio,
  highHalfIncrements: ratio,
});

const latency = z.object({
  count,
  p50: count,
  p90: count,
  p99: count,
  p999: count,
  p9999: count,
  max: count,
});

const calibration = z.object({
  instrument: z.string(),
  /** Moves after the forecast. */
  move: count,
  forecasts: count,
  /** Share of outcomes from q25 to q75 and from q5 to q95, both ends included. */
  inside50: ratio,
  inside90: ratio,
});

/** Pauses of the process of the run, from the end of its rehearsal on. */
const gc = z.object({
  count,
  totalNs: count,
  maxNs: count,
  /** Of the young generation, and all others. */
  minor: count,
  major: count,
});

export const reportSchema = z.object({
  version: z.literal(1),
  ticks,
  forecasts,
  speculation,
  orders,
  /** Lots by instrument; null where orders are counted elsewhere. */
  position: z.record(z.string(), z.int().nullable()),
  /** Whole units by currency, positions at their last mark, fees paid; null likewise. */
  pnl: z.record(z.string(), z.number().nullable()),
  /** Of a gateway with a desk file that is counted here. */
  accounts: z.array(accountSchema).optional(),
  slippage: z.record(z.string(), slippage),
  calibration: z.array(calibration),
  /** Nanoseconds by segment; empty for a run on the virtual clock, which claims none. */
  latencyNs: z.record(z.string(), latency),
  /** Garbage collections; null for a run on the virtual clock, where a pause delays nothing. */
  gc: gc.nullable().default(null),
  /** Whether the latency may be compared with other runs on the same machine. */
  latencyComparable: z.boolean(),
  /** SHA-256, hex; those of a gateway elsewhere are null: it keeps its log and bytes itself. */
  digests: z.object({
    edgeLog: z.string(),
    gatewayLog: z.string().nullable(),
    forecasts: z.string(),
    decisions: z.string(),
    fixOutbound: z.string().nullable(),
  }),
  kernel: z.enum(['native', 'twin']),
  machine: z.object({
    cpu: z.string(),
    cores: count,
    node: z.string(),
    /** Over 1, 5 and 15 minutes when the report was written. */
    loadAverage: z.array(z.number()),
  }),
});

export type Report = z.output<typeof reportSchema>;
