/** The rules by name, and the numbers that memory and addon know them by. */

/** The first ten are those of the law, asked in this order before all others. */
export const RULES = {
  ...{ 'kill-switch': 1, 'session-hours': 2, 'tick-age': 3, 'forecast-age': 4 },
  ...{ 'price-collar': 5, 'order-value': 6, position: 7, 'order-rate': 8 },
  ...{ 'daily-loss': 9, 'trailing-drawdown': 10 },
  ...{ reducing: 11, permission: 12, 'restricted-list': 13, 'period-collar': 14 },
  ...{ 'order-volume': 15, 'message-rate': 16, 'duplicate-order': 17, 'client-order-id': 18 },
  ...{ 'repeated-execution': 19, 'gross-notional': 20, 'net-notional': 21, 'open-notional': 22 },
  ...{ leverage: 23, 'self-trade': 24, 'clock-offset': 25, 'forecast-basis': 26 },
  ...{ disagreement: 27, entropy: 28, 'programme-trading': 29, layering: 30 },
  ...{ 'quote-stuffing': 31, 'stop-cascade': 32, reconciliation: 33, 'quote-presence': 34 },
  ...{ 'cancel-on-disconnect': 35, malformed: 36, 'missing-rate': 37 },
} as const;

export type RuleName = keyof typeof RULES;

const NAMES = Object.keys(RULES) as RuleName[];

/** Numbers count from 1, in the order of the names. */
export function ruleName(rule: number): RuleName {
  const name = NAMES[rule - 1];
  if (name === undefined) throw new RangeError(`rule ${rule}: the memory of risk is damaged`);
  return name;
}
