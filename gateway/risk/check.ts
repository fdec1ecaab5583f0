/** The risk check: every control in its order; the first objection refuses the intent. */
import type { Approved, Intent } from '../order/intent.ts';
import type { Control, Objection, RiskView, RuleName } from './control.ts';
import { dailyLoss } from './daily-loss.ts';
import { forecastAge } from './forecast-age.ts';
import { killSwitch } from './kill-switch.ts';
import type { RiskLimits } from './limits.ts';
import { orderRate } from './order-rate.ts';
import { orderValue } from './order-value.ts';
import { position } from './position.ts';
import { priceCollar } from './price-collar.ts';
import { sessionHours } from './session-hours.ts';
import { tickAge } from './tick-age.ts';
import { trailingDrawdown } from './trailing-drawdown.ts';

export type Refusal = { kind: 'refused'; rule: RuleName } & Objection;

const CONTROLS: readonly Control[] = [
  killSwitch,
  sessionHours,
  tickAge,
  forecastAge,
  priceCollar,
  orderValue,
  position,
  orderRate,
  dailyLoss,
  trailingDrawdown,
];

/** The intent itself, approved; or the first objection. */
export function checkRisk(
  intent: Intent,
  view: RiskView,
  limits: RiskLimits,
): Approved<Intent> | Refusal {
  for (const control of CONTROLS) {
    const objection = control.objection(intent, view, limits);
    if (objection !== undefined) return { kind: 'refused', rule: control.name, ...objection };
  }
  return intent as Approved<Intent>;
}
