/** Limits and states of a running gateway, for people and their tools. */

import { isHalted } from '../behind-venue.ts';
import { needsReconcile } from '../order/desk.ts';
import { LIMIT_NAMES, SETTING_NAMES } from '../risk/limit-table.ts';
import { ruleName } from '../risk/rules.ts';
import { SCOPE, SCOPE_KINDS } from '../risk/scope-layout.ts';
import { namesOf, type ScopeName, scopeText } from '../risk/scope-name.ts';
import { limitOf, scopeAt, settingOf } from '../risk/set-limit.ts';
import { type StateName, stateOf } from '../risk/states.ts';
import { type GatewayState, strategyAt } from '../state.ts';
import type { VenueState } from '../venue-state.ts';

export type ListedScope = {
  scope: string;
  state: StateName;
  /** Why it is not active. */
  rule?: string | undefined;
  limits: Record<string, { soft?: number | undefined; hard?: number | undefined }>;
  settings: Record<string, number>;
  /** Of the UTC day, where anything is limited. */
  today: { news: number; amends: number; cancels: number; fills: number; overBudget: number };
};

/** A venue's session and its numbers. */
export type ListedVenue = {
  venue: string;
  state: 'logged on' | 'away' | 'halted';
  /** What halted us. */
  expectedNumber?: number | undefined;
  nextOutgoing: number;
  nextIncoming: number;
};

export type RiskListing = {
  /** As commands have to name it. */
  gateway: string;
  operators: string[];
  venues: ListedVenue[];
  scopes: ListedScope[];
  /** Desks whose position may not be what the venue has: see order/desk.ts. */
  doubts: { strategy: string; symbol: string; isInDoubt: boolean; missingOrders: number }[];
  /** Actions that wait for a second operator. */
  waiting: { action: unknown; operator: string; secondsLeft: number }[];
};

const NANOS_PER_SECOND = 1e9;

export function listRisk(state: GatewayState): RiskListing {
  const { config, risk, operators, nowNs } = state;
  const scopes = SCOPE_KINDS.flatMap(kind =>
    namesOf(risk.topology, kind).map((_, index) => listScope(state, { kind, index })),
  );
  return {
    gateway: config.venues[0]!.senderCompId,
    operators: (config.operators ?? []).map(({ name }) => name),
    venues: state.venues.map(listVenue),
    scopes,
    doubts: state.desks.filter(needsReconcile).map(desk => ({
      strategy: strategyAt(state, desk.strategy).name,
      symbol: config.instruments[desk.instrument]!.symbol,
      ...{ isInDoubt: desk.isInDoubt, missingOrders: desk.missingOrders },
    })),
    waiting: operators.pending
      .filter(({ untilNs }) => untilNs > nowNs)
      .map(({ text, operator, untilNs }) => ({
        ...{ action: JSON.parse(text) as unknown, operator },
        secondsLeft: Math.floor((untilNs - nowNs) / NANOS_PER_SECOND),
      })),
  };
}

function listVenue(venue: VenueState): ListedVenue {
  const { terms, store, isLoggedOn, expectedNumber } = venue;
  return {
    venue: terms.name,
    state: isHalted(venue) ? 'halted' : isLoggedOn ? 'logged on' : 'away',
    expectedNumber: expectedNumber || undefined,
    nextOutgoing: store.nextSenderSeq(),
    nextIncoming: store.nextTargetSeq(),
  };
}

function listScope({ risk }: GatewayState, scope: ScopeName): ListedScope {
  const { memory } = risk;
  const at = scopeAt(memory, scope);
  const limits = LIMIT_NAMES.map(name => [name, limitOf(memory, scope, name)] as const);
  const settings = SETTING_NAMES.map(name => [name, settingOf(memory, scope, name)] as const);
  const rule = memory[at + SCOPE.trippedRule]!;
  return {
    scope: scopeText(risk.topology, scope),
    state: stateOf(risk, scope),
    rule: rule === 0 ? undefined : ruleName(rule),
    limits: Object.fromEntries(limits.filter(([, { soft, hard }]) => (soft ?? hard) !== undefined)),
    settings: Object.fromEntries(settings.filter(([, value]) => value !== 0)),
    today: {
      news: memory[at + SCOPE.news]!,
      amends: memory[at + SCOPE.amends]!,
      cancels: memory[at + SCOPE.cancels]!,
      fills: memory[at + SCOPE.fills]!,
      overBudget: memory[at + SCOPE.overBudget]!,
    },
  };
}
