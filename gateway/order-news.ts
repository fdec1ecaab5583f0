/** What became of an order, told to all who report on it and counted. */
import type { AtVenue } from './at-venue.ts';
import type { ExecutionReport } from './fix/execution-report.ts';
import { type ClientOrderId, clientOrderIdText } from './order/client-order-id.ts';
import type { Desk } from './order/desk.ts';
import type { Execution, ExecutionNews } from './order/execution.ts';
import type { Side } from './order/terms.ts';
import { type GatewayState, strategyAt } from './state.ts';

export type OrderNews = {
  venue: number;
  strategy: number;
  instrument: number;
  /** Name of the strategy's account. */
  account: string;
  clientOrderId: string;
  /** OrderID (37) and ExecID (17); empty where the venue said none. */
  orderId: string;
  execId: string;
  side: Side;
  /** Of the execution where it has them, else of the order. */
  lots: number;
  priceIncrements: number;
  news: ExecutionNews;
  execution: Execution;
};

type OfOrder = {
  desk: Desk;
  order: { clientOrderId: ClientOrderId; orderId: string; side: Side; lots: number };
  report: ExecutionReport | undefined;
};

export function newsOf(
  { state, venue }: AtVenue,
  { desk, order, report }: OfOrder,
  { news, execution }: Pick<OrderNews, 'news' | 'execution'>,
): OrderNews {
  const { strategy, instrument } = desk;
  const { account } = strategyAt(state, strategy);
  const isTrade = execution.kind === 'filled' || execution.kind === 'corrected';
  const priceOf = (text: string | undefined) => state.units[instrument]!.increments(text ?? '');
  return {
    ...{ venue: venue.index, strategy, instrument, account, news, execution, side: order.side },
    clientOrderId: clientOrderIdText(order.clientOrderId),
    ...{ orderId: order.orderId, execId: report?.execId ?? '' },
    lots: isTrade ? execution.lots : order.lots,
    priceIncrements: isTrade ? execution.priceIncrements : (priceOf(report?.price) ?? 0),
  };
}

export function countNews({ counts, unusual }: GatewayState, news: ExecutionNews): void {
  switch (news) {
    case 'acked':
      counts.acked++;
      break;
    case 'filled':
      counts.filled++;
      break;
    case 'over-filled':
      counts.filled++;
      unusual.overFilled++;
      break;
    case 'partially-filled':
      counts.partiallyFilled++;
      break;
    case 'late-filled':
      unusual.lateFilled++;
      break;
    case 'busted':
      unusual.busted++;
      break;
    case 'corrected':
      unusual.corrected++;
      break;
    case 'replaced':
      counts.replaced++;
      break;
    case 'restated':
      unusual.restated++;
      break;
    case 'suspended':
      unusual.suspended++;
      break;
    case 'cancelled':
      counts.cancelled++;
      break;
    case 'cancelled-unasked':
      counts.cancelled++;
      unusual.unasked++;
      break;
    case 'rejected':
      counts.rejected++;
      break;
    case 'known':
      break;
    case 'out-of-step':
      counts.outOfStep++;
      break;
  }
}
