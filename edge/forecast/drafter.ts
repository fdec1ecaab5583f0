/** A draft at work elsewhere: what it is given, and what it answers when it is done. */
import type { Context, Forecast } from '#law';

export type DraftRequest = {
  instrument: number;
  /** The market's present; it changes after the call. */
  context: Context;
  /** The present is to be drafted as well as branches: the move was a miss. */
  wantsPresent: boolean;
};

export type Drafter = {
  /**
   * Begins to draft, of each instrument the latest request: one that a later one overtakes while it
   * waits is never answered. False where it drafts no more.
   */
  begin(request: DraftRequest): boolean;
};

/** What was drafted for a context, in this order; a context that has passed has no use for it. */
export type Drafted = { instrument: number; epoch: number; moveIndex: number } & (
  | { kind: 'present'; forecast: Forecast }
  | { kind: 'branches'; wantsPresent: boolean; branches: Uint8Array; hints: Uint8Array }
);
