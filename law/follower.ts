/** Models kept in step with a market: they hear each move once, and all again after a gap. */
import type { Context } from './context.ts';
import { noiseKey } from './identity.ts';
import type { NoiseWindow } from './noise-window.ts';
import type { Runner } from './passes.ts';
import { scaleCode } from './scale.ts';
import { hasSameValues } from './side-inputs.ts';

export type Follower = {
  /** Brings the runners and the noise to the context as it is now. */
  follow(context: Context): void;
  /** The next context need not continue the last one. */
  forget(): void;
};

/** Runners share the noise of one instrument. */
export function createFollower(seed: number, noise: NoiseWindow, runners: Runner[]): Follower {
  let last: Context | undefined;

  const hear = (context: Context) => {
    const { contextMoves, tokens, codes } = context;
    const nextCode = scaleCode(context.scale);
    if (last !== undefined && continues(context, last)) {
      for (let at = contextMoves - (context.moveIndex - last.moveIndex); at < contextMoves; at++) {
        const next = at + 1 < contextMoves ? codes[at + 1]! : nextCode;
        for (const { session } of runners) session.append(tokens[at]!, codes[at]!, next);
      }
      return;
    }
    const known = Math.min(context.moveIndex, contextMoves);
    const first = contextMoves - known;
    for (const { session } of runners) {
      session.setSideInputs?.(context.sideInputs.values);
      session.prefill(tokens.subarray(first), codes.subarray(first), nextCode);
    }
  };

  return {
    follow(context) {
      if (context.epoch !== last?.epoch) {
        noise.setKey(noiseKey(seed, context.symbol, context.epoch));
      }
      hear(context);
      last = remembered(context, last);
    },
    forget() {
      last = undefined;
    },
  };
}

/** Whether the context is the last one and at most C moves more, whatever it claims to be. */
function continues(context: Context, last: Context): boolean {
  const { contextMoves, epoch, moveIndex, tokens, codes } = context;
  const missed = moveIndex - last.moveIndex;
  if (epoch !== last.epoch || missed < 0 || missed > contextMoves) return false;
  if (!hasSameValues(context.sideInputs, last.sideInputs)) return false;
  const nextCode = missed === 0 ? scaleCode(context.scale) : codes[contextMoves - missed]!;
  if (nextCode !== scaleCode(last.scale)) return false;
  for (let at = missed; at < contextMoves; at++) {
    if (tokens[at - missed] !== last.tokens[at] || codes[at - missed] !== last.codes[at]) {
      return false;
    }
  }
  return true;
}

function remembered(context: Context, last: Context | undefined): Context {
  const { epoch, moveIndex, scale, tokens, codes, sideInputs } = context;
  if (last === undefined) return { ...context, tokens: tokens.slice(), codes: codes.slice() };
  last.epoch = epoch;
  last.moveIndex = moveIndex;
  last.scale = scale;
  last.sideInputs = sideInputs;
  last.tokens.set(tokens);
  last.codes.set(codes);
  return last;
}
