/** What an edge knows of an instrument that follows from its ticks: whoever takes over has it. */
import { DAY_NS, type Nanoseconds, OutriderError } from '#engine';
import { field, type RecordOf, recordSchema } from '#engine/schema';
import { NO_SIDE_INPUTS, SIDE_INPUTS_MAX, type SideInputs } from '#law';
import { type KeptFeatures, type Quote, sessionNumber } from '#market';
import type { Parent } from './decide/parent.ts';
import { createInstrumentState } from './instrument-state.ts';
import type { EdgeState } from './state.ts';

const { bytes, flag, integer, list, optional } = field;
const MOVES_MAX = 4096;

const VERSIONS = [
  {
    epoch: integer,
    moveIndex: integer,
    scale: integer,
    tokens: bytes(MOVES_MAX),
    codes: bytes(MOVES_MAX),
    sideInputVersion: integer,
    sideInputs: list(integer, SIDE_INPUTS_MAX),
    nextSideInputVersion: integer,
    nextSideInputs: list(integer, SIDE_INPUTS_MAX),
    /** False before the first quote and after a gap: the next quote begins no move. */
    isInSession: flag,
    quoteDay: optional(integer),
    quoteDayNs: optional(integer),
    isTimeEstimated: flag,
    bidIncrements: optional(integer),
    askIncrements: optional(integer),
    bidLots: optional(integer),
    askLots: optional(integer),
  },
] as const;

/**
 * The fold of an instrument's ticks, with the side inputs frozen between them; times are days since
 * 1970 and nanoseconds of the day, so that it holds for edges of any origin. Features and a parent
 * order have records of their own (`market/feature-state.ts`, `decide/parent.ts`). All else is
 * begun anew by whoever takes over: speculations, the forecast of the present, statistics of
 * drafts, the last wish that was sent. The position is the gateway's to tell.
 */
export type MarketState = RecordOf<typeof VERSIONS>;

export const marketStateSchema = recordSchema({ name: 'edge.market-state', versions: VERSIONS });

/** A copy: later ticks do not change it. */
export function marketStateOf({ config, instruments }: EdgeState, index: number): MarketState {
  const { context, session, quote } = instruments[index]!;
  const { epoch, moveIndex, scale, tokens, codes, sideInputs, nextSideInputs } = context;
  return {
    ...{ epoch, moveIndex, scale, tokens: tokens.slice(), codes: codes.slice() },
    ...{ sideInputVersion: sideInputs.version, sideInputs: [...sideInputs.values] },
    nextSideInputVersion: nextSideInputs.version,
    nextSideInputs: [...nextSideInputs.values],
    isInSession: session !== undefined,
    ...quoteFields(quote, config.originNs),
  };
}

/** What is known of an instrument by whoever had it before; undefined of one that is new. */
export type TakenOver = {
  readonly market: MarketState | undefined;
  readonly features: KeptFeatures | undefined;
  readonly parent: Parent | undefined;
};

/** The instrument begins anew: from what is known of it, or as if no tick of it had come. */
export function restartInstrument(
  state: EdgeState,
  index: number,
  taken?: TakenOver | undefined,
): void {
  const { config, instruments, features } = state;
  const { market, parent, features: kept } = taken ?? {};
  const fresh = createInstrumentState(config, index);
  fresh.positionLots = instruments[index]!.positionLots;
  instruments[index] = fresh;
  features.resume(index, kept);
  config.policy.parents?.put(index, parent);
  if (market === undefined) return;
  const { context } = fresh;
  if (market.tokens.length !== context.contextMoves) {
    const text = `${context.symbol}: its state has a context of ${market.tokens.length} moves`;
    const remedy = `the target has ${context.contextMoves}; give a group of its own to each target`;
    throw new OutriderError('bad-config', `${text}, ${remedy}`);
  }
  context.epoch = market.epoch;
  context.moveIndex = market.moveIndex;
  context.scale = market.scale;
  context.tokens.set(market.tokens);
  context.codes.set(market.codes);
  context.sideInputs = inputsOf(market.sideInputVersion, market.sideInputs);
  context.nextSideInputs = inputsOf(market.nextSideInputVersion, market.nextSideInputs);
  fresh.quote = quoteOf(market, index, config.originNs);
  if (!market.isInSession || fresh.quote === undefined) return;
  fresh.session = sessionNumber(fresh.sessions, fresh.quote.exchangeTimeNs);
}

const inputsOf = (version: number, values: readonly number[]): SideInputs =>
  version === 0 ? NO_SIDE_INPUTS : { version, values: Int16Array.from(values) };

function quoteFields(quote: Quote | undefined, originNs: bigint) {
  const { exchangeTimeNs = 0, isTimeEstimated = false } = quote ?? {};
  const day = Math.floor(exchangeTimeNs / DAY_NS);
  return {
    quoteDay: quote === undefined ? null : originDayOf(originNs) + day,
    quoteDayNs: quote === undefined ? null : exchangeTimeNs - day * DAY_NS,
    isTimeEstimated,
    bidIncrements: quote?.bidIncrements ?? null,
    askIncrements: quote?.askIncrements ?? null,
    bidLots: quote?.bidLots ?? null,
    askLots: quote?.askLots ?? null,
  };
}

function quoteOf(market: MarketState, instrument: number, originNs: bigint): Quote | undefined {
  const { quoteDay, quoteDayNs, bidIncrements, askIncrements } = market;
  if (quoteDay === null || quoteDayNs === null) return undefined;
  if (bidIncrements === null || askIncrements === null) return undefined;
  const exchangeTimeNs: Nanoseconds = (quoteDay - originDayOf(originNs)) * DAY_NS + quoteDayNs;
  return {
    ...{ kind: 'quote', instrument, exchangeTimeNs, bidIncrements, askIncrements },
    isTimeEstimated: market.isTimeEstimated || undefined,
    ...{ bidLots: market.bidLots ?? undefined, askLots: market.askLots ?? undefined },
    ...{ receiveTimeNs: undefined, merged: undefined },
  };
}

const originDayOf = (originNs: bigint) => Number(originNs / BigInt(DAY_NS));
