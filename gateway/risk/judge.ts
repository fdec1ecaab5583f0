/** Judges an intent with all the gateway knows, and counts the answer. */
import type { Account } from '../account/account.ts';
import type { GatewayEffects } from '../effects.ts';
import { isOutsideHours } from '../hours.ts';
import type { Approved, Intent } from '../order/intent.ts';
import { deskOf, type GatewayState } from '../state.ts';
import { revalue } from '../value-accounts.ts';
import { answeredScope, objectionAt, readAlerts } from './alerts.ts';
import { ANSWER, CALL, INTENT, PART } from './layout.ts';
import { LINE } from './line-layout.ts';
import { accountAt, writePlace } from './risk.ts';
import { ruleName } from './rules.ts';
import { SCOPE } from './scope-layout.ts';
import { lotsAtWork, syncDesk } from './sync.ts';

/** Undefined where it is refused; the effects then say why. */
export function judge(
  state: GatewayState,
  intent: Intent,
  effects: GatewayEffects,
): Approved<Intent> | undefined {
  const { memory, kernel } = state.risk;
  effects.probe.begin();
  syncDesk(state, deskOf(state, intent), effects);
  writeIntent(state, intent);
  const rule = kernel.call(CALL.judge);
  effects.probe.end('risk');
  if (memory[PART.answer + ANSWER.alerts] !== 0) readAlerts(state.risk, effects.alerts);
  if (rule === 0) return intent as Approved<Intent>;
  refuse(state, intent, effects);
  return undefined;
}

function refuse(
  { risk, counts }: GatewayState,
  { strategy, instrument }: Intent,
  { refusals }: GatewayEffects,
): void {
  const { memory } = risk;
  const rule = ruleName(memory[PART.answer + ANSWER.rule]!);
  counts.refused[rule] = (counts.refused[rule] ?? 0) + 1;
  const { seen, allowed } = objectionAt(memory, PART.answer + ANSWER.isMoney);
  refusals.push({ strategy, instrument, rule, scope: answeredScope(risk), seen, allowed });
}

function writeIntent(state: GatewayState, intent: Intent): void {
  const { memory } = state.risk;
  const at = PART.intent;
  const line = writePlace(memory, at, intent);
  const { account } = deskOf(state, intent);
  // Rates age between quotes as well.
  if (account.parts.length > 0) revalue(state, account);
  writeProfit(memory, accountAt(memory, memory[line + LINE.account]!), account);
  memory[at + INTENT.nowNs] = state.nowNs;
  memory[at + INTENT.venue] = intent.venue;
  memory[at + INTENT.side] = intent.side;
  memory[at + INTENT.lots] = intent.lots;
  memory[at + INTENT.limitIncrements] = expectedIncrements(intent);
  memory[at + INTENT.isMarket] = intent.type === 'limit' ? 0 : 1;
  memory[at + INTENT.isStop] = intent.type === 'stop' ? 1 : 0;
  memory[at + INTENT.midHalfIncrements] = intent.midHalfIncrements;
  memory[at + INTENT.tickTimeNs] = intent.tickTimeNs;
  memory[at + INTENT.forecastTimeNs] = intent.forecastTimeNs;
  memory[at + INTENT.isOutsideHours] = isOutsideHours(state, intent) ? 1 : 0;
  memory[at + INTENT.idDate] = state.orderIds.date;
  memory[at + INTENT.idSerial] = state.orderIds.count + 1;
  const { replaced } = intent;
  memory[at + INTENT.isAmend] = replaced === undefined ? 0 : 1;
  memory[at + INTENT.replacedLots] = replaced === undefined ? 0 : lotsAtWork(replaced);
  memory[at + INTENT.replacedIncrements] = replaced === undefined ? 0 : replaced.limitIncrements;
}

/** A stop trades at its price or worse; a market order at the far side of the mid. */
function expectedIncrements(intent: Intent): number {
  switch (intent.type) {
    case 'limit':
      return intent.limitIncrements;
    case 'stop':
      return intent.stopIncrements;
    case 'market': {
      const mid = intent.midHalfIncrements / 2;
      return intent.side > 0 ? Math.ceil(mid) : Math.floor(mid);
    }
  }
}

type Profits = Pick<Account, 'profit' | 'dayStart' | 'peak' | 'missingRate'>;

/** More than any limit: without a rate nothing may grow. */
const LOST_HIGH = -(2 ** 50);

/** Written value by value: a copy of three arrays would cost more. */
export function writeProfit(memory: Float64Array, scope: number, profits: Profits): void {
  const { profit, dayStart, peak, missingRate } = profits;
  memory[scope + SCOPE.profit] = missingRate === undefined ? profit[0]! : LOST_HIGH;
  memory[scope + SCOPE.profit + 1] = profit[1]!;
  memory[scope + SCOPE.dayStart] = dayStart[0]!;
  memory[scope + SCOPE.dayStart + 1] = dayStart[1]!;
  memory[scope + SCOPE.peak] = peak[0]!;
  memory[scope + SCOPE.peak + 1] = peak[1]!;
}
