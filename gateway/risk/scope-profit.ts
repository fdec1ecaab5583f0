/** Profits of firm, desks and strategies in the firm's currency, where they limit losses. */

import { profitNanos } from '../account/account.ts';
import { type Amount, isBelow, setNanos } from '../account/amount.ts';
import { convert } from '../account/conversion.ts';
import type { Desk } from '../order/desk.ts';
import type { GatewayState } from '../state.ts';
import { firmCurrency } from './firm-currency.ts';
import { HEADER } from './layout.ts';
import { LINE } from './line-layout.ts';
import { lineAt } from './risk.ts';
import { LIMIT, MONEY_LIMIT, SCOPE } from './scope-layout.ts';
import type { ScopeName } from './scope-name.ts';
import { scopeAt } from './set-limit.ts';
import { LOST_HIGH } from './write-profit.ts';

/** Takes the profits of now: a trading day of the first account begins the day of all of them. */
export function markScopes(state: GatewayState): void {
  const { memory } = state.risk;
  for (const kind of ['firm', 'desk', 'strategy'] as const) {
    const size = kind === 'firm' ? 1 : memory[HEADER[kind === 'desk' ? 'desks' : 'strategies']]!;
    for (let index = 0; index < size; index++) {
      if (limitsLoss(memory, scopeAt(memory, { kind, index }))) mark(state, { kind, index });
    }
  }
}

function limitsLoss(memory: Float64Array, scope: number): boolean {
  const money = (limit: number) => scope + SCOPE.moneyLimits + 5 * limit;
  const fall = scope + SCOPE.limits + 3 * LIMIT.drawdownPpm;
  const places = [
    ...[MONEY_LIMIT.dailyLoss, MONEY_LIMIT.trailingDrawdown].flatMap(limit => [
      ...[money(limit), money(limit) + 2],
    ]),
    ...[fall, fall + 1],
  ];
  return places.some(place => memory[place]! < Number.POSITIVE_INFINITY);
}

/** Before the first mark; days count from 1. */
const NO_DAY = 0;

function mark(state: GatewayState, scope: ScopeName): void {
  const { memory } = state.risk;
  const at = scopeAt(memory, scope);
  const profit = amountAt(memory, at + SCOPE.profit);
  const total = profitOf(state, scope);
  if (total === undefined) {
    memory[at + SCOPE.profit] = LOST_HIGH;
    return;
  }
  setNanos(profit, total);
  const day = state.accounts[0]!.day + 1;
  const isFirst = memory[at + SCOPE.profitDay] === NO_DAY;
  if (memory[at + SCOPE.profitDay] !== day) amountAt(memory, at + SCOPE.dayStart).set(profit);
  const peak = amountAt(memory, at + SCOPE.peak);
  if (isFirst || isBelow(peak, profit)) peak.set(profit);
  memory[at + SCOPE.profitDay] = day;
}

const amountAt = (memory: Float64Array, at: number): Amount => memory.subarray(at, at + 2);

/** Undefined where a rate is missing. */
function profitOf(state: GatewayState, scope: ScopeName): bigint | undefined {
  const { desks, valuation, accounts, nowNs } = state;
  const own = desks.filter(desk => isWithin(state, desk, scope));
  const to = firmCurrency(accounts);
  let total = 0n;
  for (const currency of new Set(own.map(({ holding }) => holding.instrument.quoteCurrency))) {
    const nanos = profitNanos(
      own.map(({ holding }) => holding),
      currency,
    );
    if (nanos === 0n || currency === to) {
      total += nanos;
      continue;
    }
    const { conversion } = valuation;
    const worth = conversion && convert(conversion, { nanos, currency }, { to, nowNs });
    if (typeof worth !== 'bigint') return undefined;
    total += worth;
  }
  return total;
}

function isWithin({ risk }: GatewayState, desk: Desk, { kind, index }: ScopeName): boolean {
  if (kind === 'firm') return true;
  if (kind === 'strategy') return desk.strategy === index;
  return risk.memory[lineAt(risk.memory, desk) + LINE.desk] === index;
}
