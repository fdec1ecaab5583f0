/**
 * Order size (RTS 6, 15(1)(b) and (c)): value, lots, and share of the average daily volume. Values
 * are in the quote currency for accounts and instruments, else in the reporting currency.
 */
import { type Control, intentOf } from '../control.ts';
import { exceeds, exceedsAt, moneyExceeds } from '../hold.ts';
import type { Judgement } from '../judgement.ts';
import { INTENT } from '../layout.ts';
import { INSTRUMENT } from '../line-layout.ts';
import { ceilRatio } from '../ratio.ts';
import { RULES } from '../rules.ts';
import { LIMIT, MONEY_LIMIT } from '../scope-layout.ts';
import { setClampedWorth } from '../worth.ts';

const ACCOUNT = 4;
const MILLION = 1_000_000;
const price = { halfIncrements: 0, incrementNanos: 0 };
const VALUE = { limit: MONEY_LIMIT.orderValue, reaches: false };

export const orderValue: Control = {
  rule: RULES['order-value'],
  objects(judgement) {
    for (let at = 0; at < judgement.count; at++) {
      const kind = judgement.limited[at]!;
      setValue(judgement, kind);
      if (moneyExceeds(judgement, kind, VALUE)) return true;
    }
    return false;
  },
};

function setValue(judgement: Judgement, kind: number): void {
  const unit = kind >= ACCOUNT ? INSTRUMENT.incrementNanos : INSTRUMENT.reportNanos;
  price.halfIncrements = 2 * Math.abs(intentOf(judgement, INTENT.limitIncrements));
  price.incrementNanos = judgement.memory[judgement.instrument + unit]!;
  setClampedWorth(judgement.amount, intentOf(judgement, INTENT.lots), price);
}

export const orderVolume: Control = {
  rule: RULES['order-volume'],
  objects(judgement) {
    const lots = intentOf(judgement, INTENT.lots);
    judgement.seen[0] = lots;
    if (exceeds(judgement, LIMIT.orderLots)) return true;
    const dailyLots = judgement.memory[judgement.instrument + INSTRUMENT.dailyLots]!;
    if (dailyLots === 0) return false;
    for (let at = 0; at < judgement.count; at++) {
      judgement.seen[0] = ceilRatio(lots * MILLION, dailyLots);
      if (exceedsAt(judgement, judgement.limited[at]!, LIMIT.orderVolumePpm)) return true;
    }
    return false;
  },
};
