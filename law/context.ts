/** A context after the law: C pairs (token, scale code), scale, place in time, side inputs. */
import { SCALE_START, scaleCode } from './scale.ts';
import { NO_SIDE_INPUTS, type SideInputs } from './side-inputs.ts';
import { scaleStep, tokenOf } from './tokeniser.ts';

/** So many pairs move faster one by one than by two calls of `copyWithin`. */
const SHORT_MOVES = 24;

export type Context = {
  readonly symbol: string;
  readonly contextMoves: number;
  epoch: number;
  /** Moves in this epoch so far: the index of the next move. */
  moveIndex: number;
  scale: number;
  /** The latest C pairs, oldest first once `moveIndex >= C`; a window that slides by copying. */
  readonly tokens: Uint8Array;
  readonly codes: Uint8Array;
  /** Those of this context, and those that the context after the next move has. */
  sideInputs: SideInputs;
  nextSideInputs: SideInputs;
};

export function createContext(symbol: string, contextMoves: number): Context {
  return {
    symbol,
    contextMoves,
    epoch: 0,
    moveIndex: 0,
    scale: SCALE_START,
    tokens: new Uint8Array(contextMoves),
    codes: new Uint8Array(contextMoves),
    sideInputs: NO_SIDE_INPUTS,
    nextSideInputs: NO_SIDE_INPUTS,
  };
}

/** A gap, a disconnect or a session break: the window empties, the scale is kept. */
export function openEpoch(context: Context, epoch: number): void {
  context.epoch = epoch;
  context.moveIndex = 0;
}

/** Adds the token of a move that happened and returns it. */
export function appendMove(context: Context, moveHalfIncrements: number): number {
  const code = scaleCode(context.scale);
  const token = tokenOf(moveHalfIncrements, code);
  appendPair(context, token, code);
  return token;
}

/** Adds a token; its code is the context's own. */
export function appendToken(context: Context, token: number): void {
  appendPair(context, token, scaleCode(context.scale));
}

function appendPair(context: Context, token: number, code: number): void {
  const { tokens, codes, contextMoves } = context;
  if (contextMoves <= SHORT_MOVES) {
    for (let at = 1; at < contextMoves; at++) {
      tokens[at - 1] = tokens[at]!;
      codes[at - 1] = codes[at]!;
    }
  } else {
    tokens.copyWithin(0, 1);
    codes.copyWithin(0, 1);
  }
  tokens[contextMoves - 1] = token;
  codes[contextMoves - 1] = code;
  context.scale = scaleStep(context.scale, code, token);
  context.moveIndex++;
  context.sideInputs = context.nextSideInputs;
}

/** True once C moves of the epoch are known: before that there is no forecast. */
export function isReady(context: Context): boolean {
  return context.moveIndex >= context.contextMoves;
}
