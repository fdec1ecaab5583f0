/** Scopes that are halted or reducing: who put them there, and what follows for orders at work. */
import type { Nanoseconds } from '#engine';
import { HEADER, PART } from './layout.ts';
import { LINE } from './line-layout.ts';
import { lineAt, type Risk } from './risk.ts';
import { RULES, type RuleName, ruleName } from './rules.ts';
import { SCOPE, STATE } from './scope-layout.ts';
import type { ScopeName } from './scope-name.ts';
import { scopeAt } from './set-limit.ts';

export type StateName = keyof typeof STATE;

export const FIRM: ScopeName = { kind: 'firm', index: 0 };

/** By an operator, or because of a rule. */
export function setState(
  { memory }: Risk,
  scope: ScopeName,
  { state, nowNs, rule = 'kill-switch' }: { state: StateName; nowNs: Nanoseconds; rule?: RuleName },
): void {
  const at = scopeAt(memory, scope);
  memory[at + SCOPE.state] = STATE[state];
  memory[at + SCOPE.trippedRule] = state === 'active' ? 0 : RULES[rule];
  memory[at + SCOPE.trippedNs] = nowNs;
}

/** Why a scope is not active; undefined where it is. */
export function haltingRule({ memory }: Risk, scope: ScopeName): RuleName | undefined {
  const rule = memory[scopeAt(memory, scope) + SCOPE.trippedRule]!;
  return rule === 0 ? undefined : ruleName(rule);
}

export function stateOf({ memory }: Risk, scope: ScopeName): StateName {
  const value = memory[scopeAt(memory, scope) + SCOPE.state]!;
  if (value === STATE.halted) return 'halted';
  return value === STATE.reducing ? 'reducing' : 'active';
}

type Place = { readonly strategy: number; readonly instrument: number };

/** The strictest state of what a desk's orders belong to, their venue left out. */
export function deskState({ memory }: Risk, place: Place): number {
  const line = lineAt(memory, place);
  const desks = 1 + memory[HEADER.venues]!;
  const strategies = desks + memory[HEADER.desks]!;
  const accounts = strategies + memory[HEADER.strategies]!;
  const instruments = accounts + memory[HEADER.accounts]!;
  return Math.max(
    stateAt(memory, 0),
    stateAt(memory, desks + memory[line + LINE.desk]!),
    stateAt(memory, strategies + place.strategy),
    stateAt(memory, accounts + memory[line + LINE.account]!),
    stateAt(memory, instruments + place.instrument),
  );
}

export const venueState = ({ memory }: Risk, venue: number): number => stateAt(memory, 1 + venue);

const stateAt = (memory: Float64Array, scope: number) =>
  memory[memory[HEADER.scopesAt]! + scope * PART.scopeValues + SCOPE.state]!;
