/** What a run shows to those who watch it: the terminal, the report, the digests. */

import type { Decision, EdgeState, Parent } from '#edge';
import type { Nanoseconds } from '#engine';
import type { GatewayEffects, GatewayState } from '#gateway';
import type { Forecast } from '#law';
import type { Quote } from '#market';
import type { Answer } from '#verifier/protocol';

export type RunObserver = {
  /** The states are live: read them, never change them. */
  onStart(states: {
    edge: EdgeState;
    /** Undefined where another process has it: nothing is then told of orders. */
    gateway: GatewayState | undefined;
  }): void;
  /** Every quote in its order, before what was decided on it; `timeNs` is the run's clock. */
  onQuote(quote: Quote, timeNs: Nanoseconds): void;
  /** The feed of this instrument was lost and is back: its next quote begins a new epoch. */
  onGap(instrument: number): void;
  onDecision(decision: Decision): void;
  onSettled(settled: { instrument: number; forecastId: string; forecast: Forecast }): void;
  onParent(instrument: number, parent: Parent): void;
  onAnswer(answer: Answer): void;
  onGateway(effects: GatewayEffects, timeNs: Nanoseconds): void;
};
