/** The day of a report: of an account's own trading days where there is a desk file, else UTC's. */
import { DAY_NS, type Nanoseconds, OutriderError } from '#engine';
import { DAY_MS, dayOfDate } from '../calendar/civil-day.ts';
import type { GatewayState } from '../state.ts';

export type TradingDay = {
  /** Its name, `YYYY-MM-DD`. */
  day: string;
  timeZone: string;
  startNs: Nanoseconds;
  /** The first moment of the next one. */
  endNs: Nanoseconds;
};

/**
 * `account` may be left out where the trading days of all accounts are the same. Throws
 * `bad-config` for a date that is none or that this log cannot hold, and for an unknown account.
 */
export function tradingDayOf(state: GatewayState, day: string, account?: string): TradingDay {
  const date = dayOfDate('day', day);
  const at = accountIndex(state, account);
  const { tables, config } = state;
  if (tables === undefined) {
    const originMs = Number(config.originNs / 1_000_000n);
    const startNs = (date * DAY_MS - originMs) * 1_000_000;
    return { day, timeZone: 'UTC', startNs, endNs: startNs + DAY_NS };
  }
  const { firstDay, starts } = tables.accountDays[at]!;
  const [startNs, endNs] = [starts[date - firstDay], starts[date - firstDay + 1]];
  if (startNs === undefined || endNs === undefined) {
    throw new OutriderError('bad-config', `day: ${day}; this log cannot hold it: give another`);
  }
  return { day, timeZone: config.money!.accounts[at]!.tradingDay.timeZone, startNs, endNs };
}

function accountIndex({ accounts, config }: GatewayState, account: string | undefined): number {
  const names = accounts.map(({ name }) => name);
  const remedy = `give --account with one of ${names.join(', ')}`;
  if (account !== undefined) {
    const at = names.indexOf(account);
    if (at >= 0) return at;
    throw new OutriderError('bad-config', `account: ${account}; ${remedy}`);
  }
  const days = (config.money?.accounts ?? []).map(({ tradingDay }) => JSON.stringify(tradingDay));
  if (new Set(days).size <= 1) return 0;
  throw new OutriderError('bad-config', `account: trading days differ between accounts; ${remedy}`);
}
