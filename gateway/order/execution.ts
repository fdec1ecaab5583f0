/** What a venue says of an order, in the desk's own units. */
import type { Fill } from '../account/fill.ts';

/** A fill beside what its order says of it. */
export type FillTerms = Pick<
  Fill,
  'execId' | 'orderId' | 'lots' | 'priceIncrements' | 'isMaker' | 'valueDay'
>;

/** An execution report or a cancel reject. */
export type Execution =
  | { kind: 'accepted' }
  | ({ kind: 'filled' } & FillTerms)
  /** ExecType H: the fill that ExecRefID (19) names never was. */
  | { kind: 'busted'; execId: string; refersTo: string }
  /** ExecType G: the fill that ExecRefID names had other lots or another price. */
  | {
      kind: 'corrected';
      execId: string;
      refersTo: string;
      lots: number;
      priceIncrements: number;
    }
  | { kind: 'replaced' }
  /** The venue itself gave the order other terms. */
  | { kind: 'restated'; lots: number | undefined; limitIncrements: number | undefined }
  /** It stands, but does not trade for now. */
  | { kind: 'suspended' }
  | { kind: 'cancelled' }
  /** At the end of its day, or with what an order for at once could not trade. */
  | { kind: 'expired' }
  | { kind: 'rejected'; reason: string }
  | { kind: 'cancel-rejected'; reason: string }
  /** Answer to a status request: how much is filled, and whether anything is left. */
  | { kind: 'status'; filledLots: number; isOpen: boolean };

export type ExecutionNews =
  | 'acked'
  | 'filled'
  | 'partially-filled'
  /** Beyond what was ordered: held all the same, for the venue's fill is ours to carry. */
  | 'over-filled'
  /** Of an order that had ended. */
  | 'late-filled'
  | 'busted'
  | 'corrected'
  | 'replaced'
  | 'restated'
  | 'suspended'
  | 'cancelled'
  /** Cancelled or expired, and nobody here had asked for it. */
  | 'cancelled-unasked'
  | 'rejected'
  | 'known'
  /** It cannot be true of the order. */
  | 'out-of-step';
