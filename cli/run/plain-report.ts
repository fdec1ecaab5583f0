/** The end of a run in a few lines, for people. */
import type { Report } from '#bench';
import { formatNanoseconds } from '../view/format-time.ts';

export function plainReport(report: Report, folder: string): string {
  const { ticks, forecasts, speculation } = report;
  const rejected = Object.entries(ticks.rejected).filter(([, n]) => n > 0);
  return [
    `ticks read ${ticks.read} used ${ticks.used} rejected ${pairs(rejected)} moves ${ticks.moves}`,
    `forecasts hits ${forecasts.hits} (${percent(forecasts.hitRate)} of moves, arrival ` +
      `bounds it at ${percent(forecasts.arrivalBound)}) verified ${forecasts.verified} ` +
      `late ${forecasts.late} provisional ${forecasts.provisional}`,
    ...(forecasts.sideInputVersions === 0
      ? []
      : [`side inputs ${forecasts.sideInputVersions} versions`]),
    `speculation passes ${speculation.passes} acceptance ${percent(speculation.acceptance)} ` +
      `verified tokens per used ${speculation.verifiedTokensPerUsed?.toFixed(1) ?? '-'}`,
    ...tradingLines(report),
    ...latencyLines(report),
    `run folder ${folder}`,
  ].join('\n');
}

function tradingLines(report: Report): string[] {
  const { orders } = report;
  if (orders.countedElsewhere !== null) {
    const who = `the gateway at ${orders.countedElsewhere}`;
    return [`orders, position, pnl and slippage are counted elsewhere, by ${who}`];
  }
  const refused = Object.entries(orders.refused).map(([rule, n]) => `${rule} ${n}`);
  return [
    `orders sent ${orders.sent} filled ${orders.filled} partially ${orders.partiallyFilled} ` +
      `cancelled ${orders.cancelled} replaced ${orders.replaced} rejected ${orders.rejected} ` +
      `refused ${refused.length === 0 ? '-' : refused.join(', ')}`,
    `position ${pairs(Object.entries(report.position))} pnl ${pairs(Object.entries(report.pnl))}`,
    ...(report.accounts ?? []).map(accountLine),
    ...slippageLines(report),
  ];
}

function accountLine(account: NonNullable<Report['accounts']>[number]): string {
  const { currency, profit, dayProfit, drawdown, missingRate } = account;
  const known = missingRate === null ? '' : `, the last known: ${missingRate} is missing`;
  return (
    `account ${account.account} profit ${profit} ${currency}, ${dayProfit} since its day began, ` +
    `${drawdown} below its highest${known}`
  );
}

function slippageLines({ slippage }: Report): string[] {
  return Object.entries(slippage).map(([symbol, row]) => {
    const { meanHalfIncrements: mean, lowHalfIncrements: low, highHalfIncrements: high } = row;
    const value = mean === null ? '-' : (mean / 2).toFixed(3);
    const interval =
      low === null || high === null ? '' : ` [${(low / 2).toFixed(3)}, ${(high / 2).toFixed(3)}]`;
    return `slippage ${symbol} against TWAP ${value}${interval} increments, ${row.parents} parents`;
  });
}

function latencyLines({ latencyNs }: Report): string[] {
  return Object.entries(latencyNs).map(
    ([segment, { count, p50, p99, max }]) =>
      `latency ${segment} n ${count} p50 ${formatNanoseconds(p50)} ` +
      `p99 ${formatNanoseconds(p99)} max ${formatNanoseconds(max)}`,
  );
}

const percent = (ratio: number | null) => (ratio === null ? '-' : `${(100 * ratio).toFixed(1)} %`);

const pairs = (entries: [string, number | null][]) =>
  entries.length === 0 ? '0' : entries.map(([name, value]) => `${name} ${value}`).join(' ');
