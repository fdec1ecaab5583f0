/**
 * Credit and capital (SEC 15c3-5(c)(1)(i)): gross, net and open notional and leverage, with the
 * order and all that is open taken as filled. What shrinks a position passes gross and leverage;
 * net counts the intent's own direction alone.
 */
import { type Amount, createAmount } from '../../account/amount.ts';
import { type Control, growsExposure, intentOf } from '../control.ts';
import { moneyExceeds } from '../hold.ts';
import type { Judgement } from '../judgement.ts';
import { INTENT } from '../layout.ts';
import { INSTRUMENT } from '../line-layout.ts';
import { addFrom, load } from '../money.ts';
import { RULES } from '../rules.ts';
import { MONEY_LIMIT, SCOPE } from '../scope-layout.ts';
import { addMoney, negate, setClampedWorth, subtract } from '../worth.ts';

/** Sets `amount` to what would be there at a scope. */
type Measure = (judgement: Judgement, scope: number) => void;

export const grossNotional: Control = {
  rule: RULES['gross-notional'],
  objects: judgement =>
    growsExposure(judgement) && isOver(judgement, MONEY_LIMIT.grossNotional, setGross),
};

export const netNotional: Control = {
  rule: RULES['net-notional'],
  objects: judgement => isOver(judgement, MONEY_LIMIT.netNotional, setNet),
};

export const openNotional: Control = {
  rule: RULES['open-notional'],
  objects: judgement => isOver(judgement, MONEY_LIMIT.openNotional, setOpen),
};

/** Of gross over capital; the limit is kept as the gross it comes to. */
export const leverage: Control = {
  rule: RULES.leverage,
  objects: judgement =>
    growsExposure(judgement) && isOver(judgement, MONEY_LIMIT.leverage, setGross),
};

const helds = Array.from({ length: 7 }, (_, limit) => ({ limit, reaches: false }));

function isOver(judgement: Judgement, limit: number, set: Measure): boolean {
  const { memory, scopes, limited } = judgement;
  for (let at = 0; at < judgement.count; at++) {
    const scope = scopes[limited[at]!]!;
    const place = scope + SCOPE.moneyLimits + 5 * limit;
    const least = Math.min(memory[place]!, memory[place + 2]!);
    if (least === Number.POSITIVE_INFINITY) continue;
    set(judgement, scope);
    if (moneyExceeds(judgement, limited[at]!, helds[limit]!)) return true;
  }
  return false;
}

function setOpen(judgement: Judgement, scope: number): void {
  setOrderWorth(judgement.amount, judgement);
  addFrom(judgement.amount, judgement.memory, scope + SCOPE.openBuy);
  addFrom(judgement.amount, judgement.memory, scope + SCOPE.openSell);
}

function setGross(judgement: Judgement, scope: number): void {
  setOpen(judgement, scope);
  addFrom(judgement.amount, judgement.memory, scope + SCOPE.gross);
}

const net = createAmount();

/** Long after all buys for a buy, short after all sells for a sell; below 0 is nothing. */
function setNet(judgement: Judgement, scope: number): void {
  const { memory, amount } = judgement;
  const isBuy = intentOf(judgement, INTENT.side) > 0;
  setOrderWorth(amount, judgement);
  addFrom(amount, memory, scope + (isBuy ? SCOPE.openBuy : SCOPE.openSell));
  load(net, memory, scope + SCOPE.net);
  if (!isBuy) negate(net);
  addMoney(amount, net);
  if (amount[0]! < 0) amount.fill(0);
}

const replaced = createAmount();
const price = { halfIncrements: 0, incrementNanos: 0 };

/** What an intent adds to what is open: its worth without that of the order it replaces. */
export function setOrderWorth(to: Amount, judgement: Judgement): void {
  price.incrementNanos = judgement.memory[judgement.instrument + INSTRUMENT.reportNanos]!;
  price.halfIncrements = 2 * Math.abs(intentOf(judgement, INTENT.limitIncrements));
  setClampedWorth(to, intentOf(judgement, INTENT.lots), price);
  const lots = intentOf(judgement, INTENT.replacedLots);
  if (lots === 0) return;
  price.halfIncrements = 2 * Math.abs(intentOf(judgement, INTENT.replacedIncrements));
  setClampedWorth(replaced, lots, price);
  subtract(to, replaced);
}
