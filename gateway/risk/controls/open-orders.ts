/**
 * Every sent order counts at once (RTS 6, 15(2)): what a line holds and has open stands in the sums
 * of its firm, desk, strategy, account and instrument from the approval on, and is brought up to
 * date with each answer of the venue.
 */
import { createAmount } from '../../account/amount.ts';
import { intentOf } from '../control.ts';
import type { Judgement } from '../judgement.ts';
import { EVENT, HEADER, INTENT, PART } from '../layout.ts';
import { INSTRUMENT, LINE } from '../line-layout.ts';
import { addTo, load, store, subtractFrom } from '../money.ts';
import { SCOPE } from '../scope-layout.ts';
import { negate, setClampedWorth } from '../worth.ts';
import { setOrderWorth } from './credit.ts';

const FIRM = 0;
const DESK = 2;
const STRATEGY = 3;
const ACCOUNT = 4;
const INSTRUMENT_KIND = 5;
/** A venue's sums are nobody's limit: a line may have orders at several. */
const SUMMED: readonly number[] = [FIRM, DESK, STRATEGY, ACCOUNT, INSTRUMENT_KIND];

const worth = createAmount();
const price = { halfIncrements: 0, incrementNanos: 0 };

/** An approved intent: open from now on, at its price. */
export function addOpen(judgement: Judgement): void {
  const { memory, line, scopes } = judgement;
  const isBuy = intentOf(judgement, INTENT.side) > 0;
  const limit = intentOf(judgement, INTENT.limitIncrements);
  const more = intentOf(judgement, INTENT.lots) - intentOf(judgement, INTENT.replacedLots);
  const lots = isBuy ? LINE.openBuyLots : LINE.openSellLots;
  const isFirst = memory[line + lots] === 0;
  memory[line + lots]! += more;
  memory[scopes[INSTRUMENT_KIND]! + (isBuy ? SCOPE.openBuyLots : SCOPE.openSellLots)]! += more;
  const best = line + (isBuy ? LINE.highestBuy : LINE.lowestSell);
  if (isFirst) memory[best] = limit;
  else memory[best] = isBuy ? Math.max(memory[best]!, limit) : Math.min(memory[best]!, limit);
  setOrderWorth(worth, judgement);
  addTo(memory, line + (isBuy ? LINE.openBuyWorth : LINE.openSellWorth), worth);
  addToScopes(judgement, isBuy ? SCOPE.openBuy : SCOPE.openSell);
}

/** `worth` to a sum of each of the line's scopes. */
function addToScopes({ memory, scopes }: Judgement, sum: number): void {
  for (let at = 0; at < SUMMED.length; at++) addTo(memory, scopes[SUMMED[at]!]! + sum, worth);
}

/** What the venue's answers made of the line. */
export function syncLine(judgement: Judgement): void {
  const { memory, line, input } = judgement;
  const scope = judgement.scopes[INSTRUMENT_KIND]!;
  for (let at = 0; at < 3; at++) {
    const lots = memory[input + EVENT.positionLots + at]!;
    memory[scope + SCOPE.positionLots + at]! += lots - memory[line + LINE.positionLots + at]!;
    memory[line + LINE.positionLots + at] = lots;
  }
  memory[line + LINE.highestBuy] = memory[input + EVENT.highestBuy]!;
  memory[line + LINE.lowestSell] = memory[input + EVENT.lowestSell]!;
  setSide(judgement, true);
  setSide(judgement, false);
  markLine(judgement);
}

/** All that is open on a side, at its best price. */
function setSide(judgement: Judgement, isBuy: boolean): void {
  const { memory, line, instrument } = judgement;
  price.incrementNanos = memory[instrument + INSTRUMENT.reportNanos]!;
  const best = memory[line + (isBuy ? LINE.highestBuy : LINE.lowestSell)]!;
  price.halfIncrements = 2 * Math.abs(best);
  const lots = memory[line + (isBuy ? LINE.openBuyLots : LINE.openSellLots)]!;
  setClampedWorth(worth, lots, price);
  replaceWorth(judgement, line + (isBuy ? LINE.openBuyWorth : LINE.openSellWorth));
  addToScopes(judgement, isBuy ? SCOPE.openBuy : SCOPE.openSell);
}

const now = createAmount();

/** `worth` stands at a place from now on, and becomes what it differs by from before. */
function replaceWorth({ memory }: Judgement, at: number): void {
  now.set(worth);
  subtractFrom(worth, memory, at);
  store(memory, at, now);
}

/** Another mid of an instrument, at its place in memory: its lines are worth something else. */
export function markInstrument(judgement: Judgement, midAt: number): void {
  const { memory, instrument, input, scopes, line } = judgement;
  memory[instrument + INSTRUMENT.markNs] = memory[input + INTENT.nowNs]!;
  if (memory[instrument + INSTRUMENT.markHalfIncrements] === memory[midAt]) return;
  memory[instrument + INSTRUMENT.markHalfIncrements] = memory[midAt]!;
  const strategies = memory[HEADER.strategies]!;
  const first = line - memory[input + INTENT.strategy]! * PART.lineValues;
  const desk = scopes[DESK]!;
  const own = scopes[STRATEGY]!;
  const account = scopes[ACCOUNT]!;
  for (let strategy = 0; strategy < strategies; strategy++) {
    judgement.line = first + strategy * PART.lineValues;
    if (memory[judgement.line + LINE.positionLots] === 0) continue;
    selectLine(judgement, strategy);
    markLine(judgement);
  }
  judgement.line = line;
  scopes[DESK] = desk;
  scopes[STRATEGY] = own;
  scopes[ACCOUNT] = account;
}

function selectLine({ memory, scopes, line }: Judgement, strategy: number): void {
  const at = memory[HEADER.scopesAt]!;
  const desks = 1 + memory[HEADER.venues]!;
  const strategies = desks + memory[HEADER.desks]!;
  const accounts = strategies + memory[HEADER.strategies]!;
  scopes[DESK] = at + (desks + memory[line + LINE.desk]!) * PART.scopeValues;
  scopes[STRATEGY] = at + (strategies + strategy) * PART.scopeValues;
  scopes[ACCOUNT] = at + (accounts + memory[line + LINE.account]!) * PART.scopeValues;
}

/** The worth of what the line holds, in net as it is and in gross without its sign. */
function markLine(judgement: Judgement): void {
  const { memory, line, instrument } = judgement;
  price.incrementNanos = memory[instrument + INSTRUMENT.reportNanos]!;
  price.halfIncrements = memory[instrument + INSTRUMENT.markHalfIncrements]!;
  load(worth, memory, line + LINE.positionWorth);
  if (worth[0]! >= 0) negate(worth);
  addToScopes(judgement, SCOPE.gross);
  setClampedWorth(worth, memory[line + LINE.positionLots]!, price);
  replaceWorth(judgement, line + LINE.positionWorth);
  addToScopes(judgement, SCOPE.net);
  load(worth, memory, line + LINE.positionWorth);
  if (worth[0]! < 0) negate(worth);
  addToScopes(judgement, SCOPE.gross);
}
