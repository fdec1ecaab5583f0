/** A risk control: one rule that may object to an intent. */
import type { Judgement } from './judgement.ts';
import { INTENT, PART } from './layout.ts';
import { LINE } from './line-layout.ts';

export type Control = {
  /** Of RULES. */
  readonly rule: number;
  /** True where it refuses; the answer then says what it saw against what it allows. */
  objects(judgement: Judgement): boolean;
};

/** Of what the host reports of a refusal. */
export type Objection = { seen: number | bigint; allowed: number | bigint };

/** A value of the intent under judgement. */
export const intentOf = ({ memory }: Judgement, field: number): number =>
  memory[PART.intent + field]!;

/** What the line would hold once the intent and all that is open on its side were filled. */
export function positionAfter(judgement: Judgement): number {
  const { memory, line } = judgement;
  const side = intentOf(judgement, INTENT.side);
  return memory[line + LINE.positionLots]! + side * (othersOpen(judgement) + ownLots(judgement));
}

/** Open on the intent's side of its line, without the order that is being replaced. */
function othersOpen(judgement: Judgement): number {
  const { memory, line } = judgement;
  const isBuy = intentOf(judgement, INTENT.side) > 0;
  const open = memory[line + (isBuy ? LINE.openBuyLots : LINE.openSellLots)]!;
  return Math.max(0, open - intentOf(judgement, INTENT.replacedLots));
}

const ownLots = (judgement: Judgement) => intentOf(judgement, INTENT.lots);

/** Whether the intent, once filled, leaves a larger position than there is. */
export function growsExposure(judgement: Judgement): boolean {
  const held = judgement.memory[judgement.line + LINE.positionLots]!;
  return Math.abs(positionAfter(judgement)) > Math.abs(held);
}
