/** The calls of risk over its flat memory: the twin of `native/crates/core/src/risk`. */
import type { Control } from './control.ts';
import { applyConnection } from './controls/cancel-on-disconnect.ts';
import {
  clockOffset,
  disagreement,
  entropy,
  forecastAge,
  forecastBasis,
  tickAge,
} from './controls/confidence.ts';
import { grossNotional, leverage, netNotional, openNotional } from './controls/credit.ts';
import {
  clientOrderId,
  duplicateOrder,
  rememberId,
  rememberOrder,
} from './controls/duplicate-order.ts';
import { killSwitch, reducing } from './controls/kill-switch.ts';
import { dailyLoss, trailingDrawdown, watchLoss } from './controls/loss.ts';
import {
  beginDay,
  messageRate,
  orderRate,
  takeCancel,
  takeFill,
  takeOrder,
} from './controls/message-rate.ts';
import { addOpen, markInstrument, syncLine } from './controls/open-orders.ts';
import { orderValue, orderVolume } from './controls/order-size.ts';
import { permission, restrictedList, sessionHours } from './controls/permission.ts';
import { position } from './controls/position.ts';
import { periodCollar, priceCollar, sampleMid } from './controls/price-collar.ts';
import { countMessage, programmeTrading } from './controls/programme-trading.ts';
import { observeQuotes, setPresence } from './controls/quote-presence.ts';
import { reconcile } from './controls/reconciliation.ts';
import { countExecution } from './controls/repeated-execution.ts';
import { selfTrade } from './controls/self-trade.ts';
import { countFlow, layering, quoteStuffing, stopCascade } from './controls/surveillance.ts';
import { createJudgement, type Judgement, select } from './judgement.ts';
import { ANSWER, CALL, EVENT, INTENT, PART } from './layout.ts';
import { EVENTS, FLOW } from './line-layout.ts';
import { NEEDS } from './needs.ts';
import { RULES } from './rules.ts';

/** In the order they are asked; the law's ten first. */
export const CONTROLS: readonly Control[] = [
  ...[killSwitch, sessionHours, tickAge, forecastAge, priceCollar, orderValue, position],
  ...[orderRate, dailyLoss, trailingDrawdown],
  ...[reducing, permission, restrictedList, periodCollar, orderVolume, messageRate],
  ...[duplicateOrder, clientOrderId, grossNotional, netNotional, openNotional, leverage],
  ...[selfTrade, clockOffset, forecastBasis, disagreement, entropy, programmeTrading],
  ...[layering, quoteStuffing, stopCascade],
];

/** Of a control that looks whatever is limited. */
const ALWAYS = 0;

type Asked = Control & { readonly needs: number };

/** See `RiskKernels.bindRisk`. */
export function bindRiskTwin(memory: Float64Array, controls = CONTROLS): (call: number) => number {
  const judgement = createJudgement(memory);
  const asked = controls.map(control => ({ ...control, needs: NEEDS[control.rule] ?? ALWAYS }));
  return call => {
    clearAnswer(memory);
    if (call === CALL.judge) return judge(judgement, asked);
    if (!select(judgement, PART.event)) return RULES.malformed;
    beginDay(judgement);
    const isTrue = take(judgement, call);
    clearObjection(memory);
    return isTrue ? 1 : 0;
  };
}

/** The rule that objects, 0 where none does; the intent is then open and counted. */
function judge(judgement: Judgement, controls: readonly Asked[]): number {
  const { memory } = judgement;
  if (!select(judgement, PART.intent) || !isWellFormed(memory)) {
    memory[PART.answer + ANSWER.rule] = RULES.malformed;
    return RULES.malformed;
  }
  beginDay(judgement);
  mark(judgement, PART.intent + INTENT.midHalfIncrements);
  for (let at = 0; at < controls.length; at++) {
    const control = controls[at]!;
    if ((control.needs & judgement.needs) === 0 && control.needs !== ALWAYS) continue;
    judgement.rule = control.rule;
    if (control.objects(judgement)) return memory[PART.answer + ANSWER.rule]!;
  }
  addOpen(judgement);
  takeOrder(judgement);
  rememberOrder(judgement);
  rememberId(judgement);
  countFlow(judgement, memory[PART.intent + INTENT.isAmend] === 0 ? FLOW.news : FLOW.amends);
  if (memory[PART.intent + INTENT.isStop] !== 0) countFlow(judgement, FLOW.stops);
  countMessage(judgement);
  return 0;
}

/** Everything but a wish; whether what it asks is so. */
function take(judgement: Judgement, call: number): boolean {
  const { memory } = judgement;
  switch (call) {
    case CALL.count:
      count(judgement, memory[PART.event + EVENT.kind]!);
      return false;
    case CALL.sync:
      observeQuotes(judgement);
      syncLine(judgement);
      setPresence(judgement);
      return false;
    case CALL.mark:
      mark(judgement, PART.event + EVENT.markHalfIncrements);
      return false;
    case CALL.reconcile:
      reconcile(judgement);
      return false;
    case CALL.connection:
      return applyConnection(judgement);
    case CALL.loss:
      watchLoss(judgement);
      return false;
    default:
      return false;
  }
}

function count(judgement: Judgement, kind: number): void {
  if (kind === EVENTS.cancel) {
    takeCancel(judgement);
    countFlow(judgement, FLOW.cancels);
    countMessage(judgement);
  } else if (kind === EVENTS.fill) {
    takeFill(judgement);
    countFlow(judgement, FLOW.fills);
    countExecution(judgement);
  }
}

/** A mid of the call's instrument, at its place in memory. */
function mark(judgement: Judgement, midAt: number): void {
  markInstrument(judgement, midAt);
  sampleMid(judgement, midAt);
}

function clearAnswer(memory: Float64Array): void {
  memory.fill(0, PART.answer, PART.answer + ANSWER.alerts + 1);
}

/** An objection to no wish is none; alerts stay. */
function clearObjection(memory: Float64Array): void {
  memory.fill(0, PART.answer, PART.answer + ANSWER.alerts);
}

const SAFE_MAX = Number.MAX_SAFE_INTEGER;

/** Lots and prices are integers that a double holds, and lots are not below 0. */
function isWellFormed(memory: Float64Array): boolean {
  const side = memory[PART.intent + INTENT.side]!;
  return (
    (side === 1 || side === -1) &&
    isLots(memory[PART.intent + INTENT.lots]!) &&
    isLots(memory[PART.intent + INTENT.replacedLots]!) &&
    Number.isSafeInteger(memory[PART.intent + INTENT.limitIncrements]!) &&
    Number.isSafeInteger(memory[PART.intent + INTENT.replacedIncrements]!) &&
    Number.isSafeInteger(memory[PART.intent + INTENT.midHalfIncrements]!) &&
    Math.abs(memory[PART.intent + INTENT.nowNs]!) <= SAFE_MAX
  );
}

const isLots = (lots: number) => Number.isSafeInteger(lots) && lots >= 0;
