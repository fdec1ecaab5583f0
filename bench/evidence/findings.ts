/** What the evidence of a run comes to: figures for the report, and series to draw. */
import type { EdgeState } from '#edge';
import type { Nanoseconds } from '#engine';
import type { GatewayState } from '#gateway';
import type { Instrument } from '#market';
import type { Coverage, Fan } from './forecast-outcomes.ts';
import type { MoveGaps } from './move-gaps.ts';
import type { SlippageReading } from './parent-slippage.ts';
import type { PositionPoint } from './position-path.ts';
import type { SpeculationCounts } from './speculation-counts.ts';
import type { SpeculationTree } from './speculation-sample.ts';

export type InstrumentFindings = SlippageReading & {
  instrument: Instrument;
  moves: number;
  clipped: number;
  epochs: number;
  /** Fields of a quote that the source never gave. */
  masked: string[];
  coverage: { first: Coverage; last: Coverage };
  fans: readonly Fan[];
  tree: SpeculationTree | undefined;
  positions: readonly PositionPoint[];
};

/** Counts of one stretch of time. */
export type HitBucket = {
  moves: number;
  hits: number;
  verifiedLater: number;
  late: number;
  overtaken: number;
};

export type Findings = {
  originNs: bigint;
  /** Exchange time of the first and the last quote. */
  firstNs: Nanoseconds | undefined;
  lastNs: Nanoseconds;
  edge: EdgeState;
  /** Undefined where another process has it: orders, positions and fills are then unknown here. */
  gateway: GatewayState | undefined;
  instruments: InstrumentFindings[];
  speculation: SpeculationCounts;
  gaps: MoveGaps;
  hits: { startNs: Nanoseconds; widthNs: number; buckets: HitBucket[] };
  digests: { forecasts: string; decisions: string; fixOutbound: string };
};
