/** Two operators say that a desk holds what its venues have: it may grow again. */
import { OutriderError } from '#engine';
import type { Desk } from '../order/desk.ts';
import { deskOf, type GatewayState, strategyAt } from '../state.ts';

/** By names of strategy and instrument. Throws `bad-config` for one that is not in doubt. */
export function doubtfulDesk(
  state: GatewayState,
  { strategy, symbol }: { strategy: string; symbol: string },
): Desk {
  const { instruments, strategies } = state.config;
  const instrument = instruments.findIndex(each => each.symbol === symbol);
  const count = strategies?.length ?? 1;
  const index = Array.from({ length: count }, (_, at) => strategyAt(state, at).name);
  const at = index.indexOf(strategy);
  if (at < 0) throw new OutriderError('bad-config', `strategy ${strategy}: not there`);
  if (instrument < 0) throw new OutriderError('bad-config', `instrument ${symbol}: not there`);
  const desk = deskOf(state, { strategy: at, instrument });
  if (desk.isInDoubt) return desk;
  throw new OutriderError('bad-config', `${strategy} ${symbol}: not in doubt`);
}

/** What was filled for nobody stays held apart: it is in no desk's position. */
export function vouchForDesk(
  state: GatewayState,
  names: { strategy: string; symbol: string },
): string {
  const desk = doubtfulDesk(state, names);
  desk.isInDoubt = false;
  const { holding, missingOrders, instrument } = desk;
  const apart = state.strangers.lots[instrument]!;
  const held = `position ${holding.positionLots} lots, ${apart} lots held apart`;
  const missing =
    missingOrders === 0
      ? ''
      : `; fills of ${missingOrders} orders were never told: until then it may not grow`;
  return `${names.strategy} ${names.symbol} was in doubt, is not; ${held}${missing}`;
}
