/** Accounts of a desk file in `report.json`: exact decimals of money, as the statement has them. */
import { z } from 'zod';
import { decimalText, type GatewayState, statementOf } from '#gateway';

const money = z.string();

const line = z.object({
  strategy: z.string(),
  instrument: z.string(),
  currency: z.string(),
  positionLots: z.int(),
  /** Null without a position. */
  averagePrice: money.nullable(),
  /** By average cost; `profit = realised + unrealised - fees`. */
  realised: money,
  unrealised: money,
  fees: money,
  profit: money,
  deliveries: z.array(
    z.object({ valueDate: z.string(), isSettled: z.boolean(), lots: z.int(), cash: money }),
  ),
});

export const accountSchema = z.object({
  account: z.string(),
  /** In which profits of the account are; those of a line are in its own. */
  currency: z.string(),
  profit: money,
  /** Since the trading day began, whose date this is. */
  dayProfit: money,
  tradingDay: z.string().nullable(),
  drawdown: money,
  /** `USDT/USD`: without this rate the profits are the last that could be told. */
  missingRate: z.string().nullable(),
  lines: z.array(line),
});

/** Undefined for a gateway without a desk file. */
export function accountsOf(state: GatewayState): z.output<typeof accountSchema>[] | undefined {
  if (state.config.money === undefined) return undefined;
  return statementOf(state).map(({ missingRate, tradingDay, lines, ...account }) => ({
    account: account.account,
    currency: account.currency,
    profit: decimalText(account.profit),
    dayProfit: decimalText(account.dayProfit),
    tradingDay: tradingDay ?? null,
    drawdown: decimalText(account.drawdown),
    missingRate: missingRate === undefined ? null : `${missingRate.from}/${missingRate.to}`,
    lines: lines.map(({ averagePrice = null, deliveries, ...each }) => ({
      ...{ strategy: each.strategy, instrument: each.instrument, currency: each.currency },
      ...{ positionLots: each.positionLots, averagePrice },
      realised: decimalText(each.realised),
      unrealised: decimalText(each.unrealised),
      fees: decimalText(each.fees),
      profit: decimalText(each.profit),
      deliveries: deliveries.map(one => ({ ...one, cash: decimalText(one.cash) })),
    })),
  }));
}
