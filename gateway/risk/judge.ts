/** Judges an intent with all the gateway knows, and counts the answer. */
import type { GatewayEffects } from '../effects.ts';
import { isOutsideHours } from '../hours.ts';
import type { Approved, Intent } from '../order/intent.ts';
import { deskOf, type GatewayState } from '../state.ts';
import { revalue } from '../value-accounts.ts';
import { answeredScope, objectionAt } from './alerts.ts';
import { SELF_TRADE } from './controls/self-trade.ts';
import { ANSWER, CALL, INTENT, PART } from './layout.ts';
import { LINE } from './line-layout.ts';
import { named, tellAlerts } from './missing-rate.ts';
import { accountAt, writePlace } from './risk.ts';
import { ruleName } from './rules.ts';
import { lotsAtWork, syncDesk } from './sync.ts';
import { writeProfit } from './write-profit.ts';

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
  if (memory[PART.answer + ANSWER.alerts] !== 0) tellAlerts(state, effects);
  if (rule === 0) return intent as Approved<Intent>;
  refuse(state, intent, effects);
  return undefined;
}

function refuse(
  state: GatewayState,
  { strategy, instrument }: Intent,
  { refusals, alerts }: GatewayEffects,
): void {
  const { risk, counts } = state;
  const { memory } = risk;
  const said = named(state, {
    rule: ruleName(memory[PART.answer + ANSWER.rule]!),
    scope: answeredScope(risk),
    ...objectionAt(memory, PART.answer + ANSWER.isMoney),
  });
  counts.refused[said.rule] = (counts.refused[said.rule] ?? 0) + 1;
  refusals.push({ strategy, instrument, ...said });
  const isBreach = memory[PART.answer + ANSWER.action] === SELF_TRADE.reject;
  if (isBreach) alerts.push({ level: 'hard', ...said });
}

/** Of a signal that says nothing of its forecast: nothing against it. */
const MILLION = 1_000_000;

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
  const { replaced, confidence } = intent;
  memory[at + INTENT.isProvisional] = intent.isProvisional ? 1 : 0;
  memory[at + INTENT.acceptancePpm] = confidence === undefined ? MILLION : confidence.acceptancePpm;
  memory[at + INTENT.entropyPpm] = confidence === undefined ? 0 : confidence.entropyPpm;
  memory[at + INTENT.clockOffsetNs] = confidence === undefined ? 0 : confidence.clockOffsetNs;
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
