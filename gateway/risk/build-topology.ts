/** The scopes of a gateway and their limits, from its configuration. */
import { OutriderError } from '#engine';
import type { Account } from '../account/account.ts';
import type { Desk } from '../order/desk.ts';
import type { GatewayConfig } from '../state.ts';
import { REFERENCE_STRATEGY, type StrategyTerms } from '../strategy-terms.ts';
import type { Limits } from './limits.ts';
import { parseScope, type ScopeName } from './scope-name.ts';
import type { InstrumentTerms, LineTerms, RiskTopology, ScopeLimit } from './topology.ts';

type Gateway = {
  config: GatewayConfig;
  desks: readonly Desk[];
  accounts: readonly Account[];
};

export function buildTopology({ config, desks, accounts }: Gateway): RiskTopology {
  const { instruments, venues, strategies = [REFERENCE_STRATEGY], risk } = config;
  const scopes: RiskTopology = {
    venues: venues.map(({ name }) => name),
    desks: [...new Set(strategies.map(deskName))],
    strategies: strategies.map(({ name }) => name),
    accounts: accounts.map(({ name }) => name),
    instruments: instruments.map(({ symbol }) => symbol),
    ...{ lines: [], instrumentTerms: [], settings: [], limits: [] },
  };
  const named = <Entry extends { scope: string }>(entries: readonly Entry[]) =>
    entries.map(entry => ({ ...entry, scope: scopeOf(scopes, entry.scope) }));
  return {
    ...scopes,
    lines: linesOf(scopes, { strategies, desks, accounts }),
    instrumentTerms: instrumentTermsOf(config, desks),
    settings: named(risk?.settings ?? []),
    limits: [...referenceLimits(config.limits, accounts.length), ...named(risk?.limits ?? [])],
  };
}

const deskName = ({ desk = 'desk' }: StrategyTerms) => desk;

function scopeOf(scopes: RiskTopology, text: string): ScopeName {
  const scope = parseScope(scopes, text);
  if (scope !== undefined) return scope;
  const remedy = 'give firm, or venue:, desk:, strategy:, account: or instrument: with its name';
  throw new OutriderError('bad-config', `limits scope ${text}: not there; ${remedy}`);
}

/** The law's own; a desk file's come after them, in their place where they are of one scope. */
function referenceLimits(limits: Limits, accounts: number): ScopeLimit[] {
  const scope = { kind: 'firm', index: 0 } as const;
  const firm: ScopeLimit[] = [
    { scope, name: 'tickAgeNs', hard: limits.tickAgeNs },
    { scope, name: 'forecastAgeNs', hard: limits.forecastAgeNs },
    { scope, name: 'collarBasisPoints', hard: limits.collarBasisPoints },
    { scope, name: 'orderValue', hard: limits.orderValue },
    { scope, name: 'positionLots', hard: limits.positionLots },
    { scope, name: 'orders', hard: limits.ordersPerSecond },
  ];
  const own = Array.from({ length: accounts }, (_, index): ScopeLimit[] => [
    { scope: { kind: 'account', index }, name: 'dailyLoss', hard: limits.dailyLoss },
    { scope: { kind: 'account', index }, name: 'trailingDrawdown', hard: limits.trailingDrawdown },
  ]);
  return [...firm, ...own.flat()];
}

function linesOf(
  { instruments, desks: names }: RiskTopology,
  {
    strategies,
    desks,
    accounts,
  }: Pick<Gateway, 'desks' | 'accounts'> & {
    strategies: readonly StrategyTerms[];
  },
): LineTerms[] {
  return instruments.flatMap((symbol, instrument) =>
    strategies.map((strategy, at) => {
      const { account } = desks[at * instruments.length + instrument]!;
      return {
        desk: names.indexOf(deskName(strategy)),
        account: accounts.indexOf(account),
        isPermitted: strategy.instruments?.includes(symbol) ?? true,
      };
    }),
  );
}

function instrumentTermsOf({ instruments, risk }: GatewayConfig, desks: readonly Desk[]) {
  return instruments.map(({ symbol }, at): InstrumentTerms => {
    const { incrementNanos } = desks[at]!.holding;
    return {
      ...{ incrementNanos, reportNanos: incrementNanos },
      isRestricted: risk?.restricted.includes(symbol) ?? false,
      dailyLots: risk?.dailyLots[symbol] ?? 0,
    };
  });
}
