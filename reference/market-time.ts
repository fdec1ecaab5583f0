/** Market time after the law: quotes become moves; a context has a noise key and an identity. */
import type { Instrument, Quote } from '#market';
import { SCALE_START, scaleCode, scaleStep, tokenOf } from './tokens.ts';

export type Pair = { token: number; code: number };

/** An instrument as its quotes have left it; at first there were none. */
export const firstContext = (symbol: string) => ({
  symbol,
  session: undefined as number | undefined,
  epoch: 0,
  mid: 0,
  /** Moves of the epoch so far: the index of the next. */
  moveIndex: 0,
  /** The latest C of them, oldest first. */
  pairs: [] as readonly Pair[],
  scale: SCALE_START,
});
export type Context = ReturnType<typeof firstContext>;

/** The same context where the mid stays, an empty one in a new session, else one move more. */
export function contextAfter(
  context: Context,
  { mid, session }: { mid: number; session: number },
  contextMoves: number,
): Context {
  if (session !== context.session) {
    const epoch = context.session === undefined ? 0 : context.epoch + 1;
    return { ...context, session, epoch, mid, moveIndex: 0, pairs: [] };
  }
  if (mid === context.mid) return context;
  const code = scaleCode(context.scale);
  const token = tokenOf(mid - context.mid, code);
  const pairs = [...context.pairs, { token, code }].slice(-contextMoves);
  const scale = scaleStep(context.scale, token);
  return { ...context, mid, moveIndex: context.moveIndex + 1, pairs, scale };
}

/** In half price increments. */
export const midOf = (quote: Quote) => quote.bidIncrements + quote.askIncrements;

/** When the sessions of a calendar begin, in hours since 1970, and how long they are. */
const SESSION_HOURS: Record<Instrument['calendar'], [begin: number, length: number]> = {
  'fx-week': [60, 168],
  'us-equity': [8, 24],
  'cme-globex': [-2, 24],
  always: [0, Number.POSITIVE_INFINITY],
};

/** A new number is a new session; silence is not. */
export function sessionOf(calendar: Instrument['calendar'], originNs: bigint, nowNs: number) {
  const hour = Number(originNs / 3_600_000_000_000n) + Math.floor(nowNs / 3_600e9);
  const [begin, length] = SESSION_HOURS[calendar];
  return Math.floor((hour - begin) / length);
}

/** What is hashed to key the noise of an epoch. */
export function noiseText({ symbol, epoch }: Context, seed: number): string {
  return `outrider noise 1\n${seed}\n${symbol}\n${epoch}\n`;
}

/** What is hashed to name the forecast of a context; `by` says what makes it, and with what. */
export function identityText(context: Context, by: readonly (string | number)[]): string {
  const { symbol, epoch, moveIndex, scale } = context;
  const pairs = context.pairs.map(({ token, code }) => `${token}:${code}`).join(',');
  const lines = [symbol, epoch, moveIndex, pairs, scale, /* side inputs */ 0, ...by];
  return `outrider context 1\n${lines.join('\n')}\n`;
}
