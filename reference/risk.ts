/** The limits after the law, in its order: the first that refuses an order names the refusal. */
import type { Instrument } from '#market';
import type { Desk, Gateway } from './gateway.ts';
import { midOf } from './market-time.ts';
import type { Order } from './venue.ts';

export type Limits = {
  positionLots: number;
  orderValue: number;
  ordersPerSecond: number;
  collarBasisPoints: number;
  dailyLoss: number;
  trailingDrawdown: number;
  tickAgeNs: number;
  forecastAgeNs: number;
};

/** Profits of a currency, in 10^-9 of it: at the start of today, and the highest so far. */
export type Account = { day: number; dayStart: bigint; peak: bigint };

type OrderTerms = Pick<Order, 'side' | 'lots' | 'limit'>;

/** Whether the limits let the order of the desk's signal pass; a refusal is counted. */
export function isApproved(gateway: Gateway, desk: Desk, order: OrderTerms): boolean {
  const { limits, accounts, fix } = gateway;
  const { instrument, position } = desk;
  const signal = desk.signal!;
  const mid = midOf(signal.quote);
  const value = BigInt(order.limit) * BigInt(order.lots) * incrementNanos(instrument);
  const after = Math.abs(position + order.side * order.lots);
  const grows = after > Math.abs(position);
  const now = profit(gateway, instrument.quoteCurrency);
  const { dayStart, peak } = accounts.get(instrument.quoteCurrency)!;
  gateway.orderTimes = gateway.orderTimes.filter(timeNs => timeNs > fix.nowNs - 1e9);
  const refusals: [string, boolean][] = [
    ['tick-age', fix.nowNs - signal.timeNs > limits.tickAgeNs],
    ['forecast-age', fix.nowNs - signal.forecastTimeNs > limits.forecastAgeNs],
    ['price-collar', Math.abs(2 * order.limit - mid) * 10_000 > limits.collarBasisPoints * mid],
    ['order-value', value > nanos(limits.orderValue)],
    ['position', after > limits.positionLots],
    ['order-rate', gateway.orderTimes.length >= limits.ordersPerSecond],
    ['daily-loss', grows && dayStart - now >= nanos(limits.dailyLoss)],
    ['trailing-drawdown', grows && peak - now >= nanos(limits.trailingDrawdown)],
  ];
  const refusal = refusals.find(([, isRefused]) => isRefused)?.[0];
  if (refusal === undefined) gateway.orderTimes.push(fix.nowNs);
  else gateway.refused[refusal] = (gateway.refused[refusal] ?? 0) + 1;
  return refusal === undefined;
}

/** A new UTC day starts a new daily loss; the peak is kept for good. */
export function markAccounts(gateway: Gateway): void {
  const day = Math.floor(gateway.fix.nowNs / 86_400e9);
  for (const currency of new Set(gateway.desks.map(desk => desk.instrument.quoteCurrency))) {
    const now = profit(gateway, currency);
    const account = gateway.accounts.get(currency) ?? { day, dayStart: now, peak: now };
    if (account.day !== day) Object.assign(account, { day, dayStart: now });
    if (account.peak < now) account.peak = now;
    gateway.accounts.set(currency, account);
  }
}

/** Cash plus positions at their marks. */
function profit({ desks }: Gateway, currency: string): bigint {
  let total = 0n;
  for (const { instrument, cash, position, mark } of desks) {
    if (instrument.quoteCurrency !== currency) continue;
    total += cash + (BigInt(position) * BigInt(mark) * incrementNanos(instrument)) / 2n;
  }
  return total;
}

/** The value of one lot for one price increment, in 10^-9 of the quote currency. */
export function incrementNanos({ priceIncrement, lotSize, multiplier }: Instrument): bigint {
  return (billionths(priceIncrement) * billionths(lotSize) * BigInt(multiplier)) / 10n ** 9n;
}

/** A decimal text in 10^-9: `0.00001` is 10,000. */
function billionths(text: string): bigint {
  const [whole, fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(9, '0'));
}

const nanos = (units: number) => BigInt(units) * 10n ** 9n;
