/** Everything that can happen to an edge: the records of its input log, as they arrived. */
import type { Nanoseconds } from '#engine';
import type { Basis } from '#gateway/signal';
import type { Forecast } from '#law';
import type { Tick } from '#market';
import type { DraftCounts } from './forecast/acceptance.ts';

export type EdgeEvent =
  /** One drained batch: the ticks that waited when the edge came to look, in the log's order, and
   *  when the latest of them was injected into the run. */
  | { kind: 'ticks'; timeNs: Nanoseconds; injectedNs: Nanoseconds; ticks: Tick[] }
  /** A look-ahead choice: what was asked of the verifier for the present move index. */
  | {
      kind: 'asked';
      timeNs: Nanoseconds;
      instrument: number;
      requestId: number;
      wantsPresent: boolean;
      branches: Uint8Array;
    }
  /**
   * A verdict arrived; its forecasts wait with the host until one is taken. What became of its
   * drafts is left out in lockstep, where nothing depends on a draft.
   */
  | {
      kind: 'verdict';
      timeNs: Nanoseconds;
      instrument: number;
      requestId: number;
      drafts?: DraftCounts | undefined;
    }
  /** The verifier gave no verdict, or the link was lost with the request. */
  | { kind: 'unanswered'; timeNs: Nanoseconds; instrument: number; requestId: number }
  /** A forecast of the present context: drafted, or taken from a verdict. */
  | {
      kind: 'forecast';
      timeNs: Nanoseconds;
      instrument: number;
      moveIndex: number;
      basis: Basis;
      forecast: Forecast;
    }
  /** Side inputs are frozen: the contexts after this move index have them. */
  | {
      kind: 'side-inputs';
      timeNs: Nanoseconds;
      instrument: number;
      moveIndex: number;
      version: number;
      values: Int16Array;
    }
  /** The deadline of a move passed. */
  | { kind: 'deadline'; timeNs: Nanoseconds; instrument: number; moveIndex: number }
  /** The gateway says what we hold. */
  | { kind: 'position'; timeNs: Nanoseconds; instrument: number; positionLots: number }
  /** By how much the feed's clock has left ours since its link came up; positive: it is ahead. */
  | { kind: 'clock-offset'; timeNs: Nanoseconds; offsetNs: Nanoseconds }
  /** The feed lost something: a new epoch. */
  | { kind: 'gap'; timeNs: Nanoseconds; instrument: number };
