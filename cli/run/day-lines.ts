/** A day's report for people. */
import type { DayReport, Reconciled } from '#gateway';

export function dayLines(report: DayReport): string[] {
  const {
    day,
    timeZone,
    from,
    until,
    log,
    venues,
    accounts,
    refusals,
    executions,
    openOrders,
    events,
    sha256,
  } = report;
  const { firstRecord, lastRecord, lastSha256, chainBefore, chainAfter } = log;
  const records = firstRecord === null ? 'no record' : `records ${firstRecord} to ${lastRecord}`;
  return [
    `day ${day} of ${timeZone}, from ${from} until ${until} UTC`,
    `${records} of gateway.log, the last with sha256 ${lastSha256 ?? 'none'}`,
    `chain: ${chainBefore.messages} messages, ${chainBefore.tip}, before`,
    `chain: ${chainAfter.messages} messages, ${chainAfter.tip}, after`,
    ...(report.pair === undefined ? [] : pairLines(report.pair)),
    ...venues.map(({ venue, start, end }) =>
      [
        `venue ${venue}: next numbers sent ${start.sent} to ${end.sent}`,
        `received ${start.received} to ${end.received}`,
      ].join(', '),
    ),
    ...accounts.flatMap(accountLines),
    `counts: ${countsText(report.counts)}`,
    `refused: ${countsText(refusals as Record<string, number>)}`,
    `${executions.length} executions`,
    `${openOrders.length} open orders`,
    ...openOrders.map(each => {
      const { order, venue, strategy, side, instrument, lots, filledLots, isUnknown } = each;
      const what = `${side} ${filledLots} of ${lots} lots ${instrument}`;
      return `  ${order} at ${venue} for ${strategy}: ${what}${isUnknown ? ', unknown' : ''}`;
    }),
    ...report.inDoubt.map(
      each => `in doubt: ${each.strategy} ${each.instrument}, ${each.missingOrders} orders`,
    ),
    ...report.unknownFills.map(each => `unknown orders filled ${each.lots} ${each.instrument}`),
    ...events.map(({ record, time, kind, text }) => `  ${time} record ${record} ${kind}: ${text}`),
    ...(report.eventsLeftOut === 0 ? [] : [`  ${report.eventsLeftOut} more events`]),
    `sha256 ${sha256}`,
  ];
}

function pairLines({ claims, alone }: NonNullable<DayReport['pair']>): string[] {
  return [
    ...claims.map(({ record, time, epoch, node, from, operator }) => {
      const what = from === null || from === node ? 'trades' : `takes over from ${from}`;
      const cause = operator === null ? 'granted' : `by the word of ${operator}`;
      return `pair: ${node} ${what} by epoch ${epoch}, ${cause}, ${time} record ${record}`;
    }),
    ...alone.map(({ node, from, to }) => {
      const [since, until] = [from, to].map(at => at && `${at.time} record ${at.record}`);
      return `pair: ${node} alone from ${since ?? 'before'} to ${until ?? 'after'}`;
    }),
  ];
}

function accountLines(account: DayReport['accounts'][number]): string[] {
  const { currency, profit, dayProfit, tradingDay, drawdown, missingRate } = account;
  const day = `${dayProfit} on ${tradingDay ?? 'its day'}`;
  const rate = missingRate === null ? '' : `, rate ${missingRate} missing`;
  const head = `account ${account.account}: profit ${profit} ${currency}, ${day}`;
  return [
    `${head}, drawdown ${drawdown}${rate}`,
    ...account.lines.flatMap(line => [
      [
        `  ${line.strategy} ${line.instrument}: ${line.positionLots} lots`,
        `realised ${line.realised} (day ${line.dayRealised}), unrealised ${line.unrealised}`,
        `fees ${line.fees} (day ${line.dayFees}) ${line.currency}`,
      ].join(', '),
      ...line.deliveries.map(
        ({ valueDate, isSettled, lots, cash }) =>
          `    value ${valueDate}: ${lots} lots, ${cash}${isSettled ? ', settled' : ''}`,
      ),
    ]),
  ];
}

function countsText(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts);
  return entries.length === 0 ? 'none' : entries.map(each => each.join(' ')).join(', ');
}

export function reconciledLines({ matched, differences, garbage }: Reconciled): string[] {
  return [
    `reconciled: ${matched} executions in both, ${differences.length} differences`,
    ...(garbage === 0 ? [] : [`${garbage} stretches of the file are no FIX message`]),
    ...differences.map(
      ({ execId, order, text }) => `difference: execution ${execId} of ${order}: ${text}`,
    ),
  ];
}
