/** Models kept in step with a market: they hear each move once, and all again after a gap. */
import type { Context } from './context.ts';
import { noiseKey } from './identity.ts';
import type { NoiseWindow } from './noise-window.ts';
import type { Runner } from './passes.ts';

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
    if (last !== undefined && continues(context, last)) {
      for (let at = contextMoves - (context.moveIndex - last.moveIndex); at < contextMoves; at++) {
        for (const { session } of runners) session.append(tokens[at]!, codes[at]!);
      }
      return;
    }
    const known = Math.min(context.moveIndex, contextMoves);
    for (const { session } of runners) {
      session.prefill(tokens.subarray(contextMoves - known), codes.subarray(contextMoves - known));
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
  for (let at = missed; at < contextMoves; at++) {
    if (tokens[at - missed] !== last.tokens[at] || codes[at - missed] !== last.codes[at]) {
      return false;
    }
  }
  return true;
}

function remembered(context: Context, last: Context | undefined): Context {
  const { epoch, moveIndex, tokens, codes } = context;
  if (last === undefined) return { ...context, tokens: tokens.slice(), codes: codes.slice() };
  last.epoch = epoch;
  last.moveIndex = moveIndex;
  last.tokens.set(tokens);
  last.codes.set(codes);
  return last;
}
