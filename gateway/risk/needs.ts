/**
 * Which controls a scope gives anything to do, as bits of its `isLimited`: the others are passed
 * over. A bit stays once it is set; bit 0 says that the scope has any limit or setting.
 */
import type { LimitName, SettingName } from './limit-table.ts';
import { RULES } from './rules.ts';

/** By rule; the rules without a bit always look. */
export const NEEDS: Readonly<Partial<Record<number, number>>> = {
  ...{ [RULES['tick-age']]: 1 << 1, [RULES['forecast-age']]: 1 << 2 },
  ...{ [RULES['price-collar']]: 1 << 3, [RULES['order-value']]: 1 << 4 },
  ...{ [RULES.position]: 1 << 5, [RULES['order-rate']]: 1 << 6, [RULES['daily-loss']]: 1 << 7 },
  ...{ [RULES['trailing-drawdown']]: 1 << 8, [RULES['period-collar']]: 1 << 9 },
  ...{ [RULES['order-volume']]: 1 << 10, [RULES['message-rate']]: 1 << 11 },
  ...{ [RULES['duplicate-order']]: 1 << 12, [RULES['gross-notional']]: 1 << 13 },
  ...{ [RULES['net-notional']]: 1 << 14, [RULES['open-notional']]: 1 << 15 },
  ...{ [RULES.leverage]: 1 << 16, [RULES['self-trade']]: 1 << 17 },
  ...{ [RULES['clock-offset']]: 1 << 18, [RULES['forecast-basis']]: 1 << 19 },
  ...{ [RULES.disagreement]: 1 << 20, [RULES.entropy]: 1 << 21 },
  ...{ [RULES['programme-trading']]: 1 << 22, [RULES.layering]: 1 << 23 },
  ...{ [RULES['quote-stuffing']]: 1 << 24, [RULES['stop-cascade']]: 1 << 25 },
};

const ANY = 1;

const RULE_OF: Readonly<Partial<Record<LimitName | SettingName, keyof typeof RULES>>> = {
  ...{ tickAgeNs: 'tick-age', forecastAgeNs: 'forecast-age', collarBasisPoints: 'price-collar' },
  ...{ orderValue: 'order-value', positionLots: 'position', orders: 'order-rate' },
  ...{ dailyLoss: 'daily-loss', trailingDrawdown: 'trailing-drawdown' },
  ...{ drawdownPpm: 'trailing-drawdown', periodCollarBasisPoints: 'period-collar' },
  ...{ collarPeriodNs: 'period-collar', orderLots: 'order-volume', orderVolumePpm: 'order-volume' },
  ...{ newMessages: 'message-rate', amendMessages: 'message-rate' },
  ...{ messagesPerDay: 'message-rate', duplicateOrders: 'duplicate-order' },
  ...{ grossNotional: 'gross-notional', netNotional: 'net-notional' },
  ...{ openNotional: 'open-notional', leverageHundredths: 'leverage', selfTrade: 'self-trade' },
  ...{ clockOffsetNs: 'clock-offset', provisionalForecasts: 'forecast-basis' },
  ...{ disagreementPpm: 'disagreement', entropyPpm: 'entropy' },
  ...{ programmeOccasions: 'programme-trading', layeringOrders: 'layering' },
  ...{ stuffingMessages: 'quote-stuffing', stopOrders: 'stop-cascade' },
};

/** What a limit or setting gives its scope to do. */
export function needOf(name: LimitName | SettingName): number {
  const rule = RULE_OF[name];
  return rule === undefined ? ANY : ANY | (NEEDS[RULES[rule]] ?? 0);
}
