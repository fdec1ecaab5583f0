/** The parts of a day's report that a state alone tells, at the day's start and at its end. */
import { type AccountStatement, decimalText, statementOf } from '../account/statement.ts';
import { type ChainReading, chainOf } from '../chain/output-chain.ts';
import type { RuleName } from '../risk/rules.ts';
import type { GatewayState } from '../state.ts';
import type { DayAccount, SequenceNumbers } from './day-report.ts';

/** All that a day is counted from. */
export type DayStart = {
  statement: AccountStatement[];
  counts: Record<string, number>;
  refusals: Partial<Record<RuleName, number>>;
  numbers: SequenceNumbers[];
  chain: Pick<ChainReading, 'messages' | 'tip'>;
};

export function dayStart(state: GatewayState): DayStart {
  const { messages, tip } = chainOf(state);
  return {
    statement: statementOf(state),
    counts: countsOf(state),
    refusals: { ...state.counts.refused },
    numbers: numbersOf(state),
    chain: { messages, tip },
  };
}

/** What became of orders, by event, since the log began. */
export function countsOf({ counts, unusual }: GatewayState): Record<string, number> {
  const { refused: _, notSent: withheld, ...orders } = counts;
  return { ...orders, withheld, ...unusual };
}

export const numbersOf = ({ venues }: GatewayState): SequenceNumbers[] =>
  venues.map(({ store }) => ({ sent: store.nextSenderSeq(), received: store.nextTargetSeq() }));

/** What each count gained since. */
export function gained<Name extends string>(
  now: Partial<Record<Name, number>>,
  before: Partial<Record<Name, number>>,
): Partial<Record<Name, number>> {
  const names = Object.keys(now) as Name[];
  const entries = names.map(name => [name, (now[name] ?? 0) - (before[name] ?? 0)] as const);
  return Object.fromEntries(entries.filter(([, count]) => count !== 0)) as typeof now;
}

export function dayAccounts(state: GatewayState, start: DayStart): DayAccount[] {
  return statementOf(state).map((account, at) => ({
    ...{ account: account.account, currency: account.currency },
    ...{ profit: decimalText(account.profit), drawdown: decimalText(account.drawdown) },
    ...{ tradingDay: account.tradingDay ?? null, dayProfit: decimalText(account.dayProfit) },
    missingRate: account.missingRate ? rateText(account.missingRate) : null,
    lines: account.lines.map(line => dayLine(line, start.statement[at]!)),
  }));
}

const rateText = ({ from, to }: { from: string; to: string }) => `${from}/${to}`;

type Line = AccountStatement['lines'][number];

function dayLine(line: Line, { lines }: AccountStatement): DayAccount['lines'][number] {
  const { strategy, instrument, currency, positionLots, averagePrice = null } = line;
  const before = lines.find(each => each.strategy === strategy && each.instrument === instrument);
  return {
    ...{ strategy, instrument, currency, positionLots, averagePrice },
    ...{ realised: decimalText(line.realised), unrealised: decimalText(line.unrealised) },
    fees: decimalText(line.fees),
    dayRealised: decimalText(line.realised - (before?.realised ?? 0n)),
    dayFees: decimalText(line.fees - (before?.fees ?? 0n)),
    deliveries: line.deliveries.map(each => ({ ...each, cash: decimalText(each.cash) })),
  };
}
