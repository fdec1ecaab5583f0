/**
 * A loss that is none: where a rate is missing nobody knows the profit, and limits of loss let
 * nothing grow. What they then say has a rule name of its own.
 */
import type { GatewayEffects } from '../effects.ts';
import type { GatewayState } from '../state.ts';
import { stepRules } from '../step-version.ts';
import { readAlerts } from './alerts.ts';
import type { Objection } from './control.ts';
import type { RuleName } from './rules.ts';
import { SCOPE } from './scope-layout.ts';
import { parseScope } from './scope-name.ts';
import { scopeAt } from './set-limit.ts';
import { LOST_HIGH } from './write-profit.ts';

type Said = { rule: RuleName; scope: string } & Objection;

/** As of every rule that asks a question: it saw 1, and allows 0. */
const MISSING_RATE = { rule: 'missing-rate', seen: 1, allowed: 0 } as const;

/** What risk said, by its own name. */
export function named<Each extends Said>(state: GatewayState, said: Each): Each {
  return isMissingRate(state, said) ? { ...said, ...MISSING_RATE } : said;
}

/** The alerts of the latest call. */
export function tellAlerts(state: GatewayState, { alerts }: GatewayEffects): void {
  const first = alerts.length;
  readAlerts(state.risk, alerts);
  for (let at = first; at < alerts.length; at++) alerts[at] = named(state, alerts[at]!);
}

function isMissingRate({ risk, stepVersion }: GatewayState, { rule, scope }: Said): boolean {
  if (rule !== 'daily-loss' && rule !== 'trailing-drawdown') return false;
  if (!stepRules(stepVersion).namesMissingRate) return false;
  const at = scopeAt(risk.memory, parseScope(risk.topology, scope)!);
  return risk.memory[at + SCOPE.profit] === LOST_HIGH;
}
