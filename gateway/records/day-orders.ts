/** Orders and desks as they stand at the end of a day. */
import { clientOrderIdText } from '../order/client-order-id.ts';
import { needsReconcile } from '../order/desk.ts';
import type { WorkingOrder } from '../order/working-order.ts';
import { type GatewayState, strategyAt } from '../state.ts';
import type { DayOrder } from './day-report.ts';

export function openOrders(state: GatewayState): DayOrder[] {
  return state.desks.flatMap(({ strategy, instrument, orders }) =>
    orders.map(order => ({ ...orderOf(state, order), ...namesOf(state, strategy, instrument) })),
  );
}

function orderOf({ config }: GatewayState, order: WorkingOrder) {
  const { clientOrderId, orderId, venue, side, lots, filledLots, isUnknown } = order;
  return {
    ...{ order: clientOrderIdText(clientOrderId), orderId, venue: config.venues[venue]!.name },
    side: side === 1 ? ('buy' as const) : ('sell' as const),
    ...{ lots, filledLots, isUnknown },
  };
}

export const namesOf = (state: GatewayState, strategy: number, instrument: number) => ({
  strategy: strategyAt(state, strategy).name,
  instrument: state.config.instruments[instrument]!.symbol,
});

export const desksInDoubt = (state: GatewayState) =>
  state.desks.filter(needsReconcile).map(({ strategy, instrument, missingOrders }) => ({
    ...namesOf(state, strategy, instrument),
    missingOrders,
  }));

export const unknownFills = ({ strangers, config }: GatewayState) =>
  strangers.lots
    .map((lots, at) => ({ instrument: config.instruments[at]!.symbol, lots }))
    .filter(({ lots }) => lots !== 0);
