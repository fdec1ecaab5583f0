/** What records mean to execution: wishes and quotes taken in, and desks that look again. */
import { invariant } from '#engine';
import type { GatewayEffects } from '../effects.ts';
import type { Signal } from '../signal.ts';
import type { GatewayState } from '../state.ts';
import { workDesk } from '../work-desk.ts';
import { takeQuote, takeSignalQuote } from './market.ts';
import type { MarketQuote } from './market-quote.ts';
import { workOf } from './plan-desk.ts';
import { takeSignal } from './work.ts';

/** A signal of a strategy with an execution policy; its desk is to be worked afterwards. */
export function takeWish(state: GatewayState, signal: Signal, effects: GatewayEffects): void {
  const work = workOf(state, signal);
  if (work === undefined) return;
  takeSignalQuote(state.execution.markets[signal.instrument]!, signal);
  takeSignal(work, signal, { nowNs: state.nowNs, news: effects.parents });
}

/** Strategies that plan by the market look again; the wishes of the others carry their quotes. */
export function onQuote(state: GatewayState, quote: MarketQuote, effects: GatewayEffects): void {
  const market = state.execution.markets[quote.instrument];
  invariant(market !== undefined, 'a quote names an instrument of the configuration');
  takeQuote(market, quote);
  for (const desk of state.desks) {
    if (desk.instrument === quote.instrument && workOf(state, desk)) workDesk(state, desk, effects);
  }
}

/** Time or a venue's loss alone changes what strategies with a policy of their own want. */
export function workExecution(state: GatewayState, effects: GatewayEffects): void {
  for (const desk of state.desks) if (workOf(state, desk)) workDesk(state, desk, effects);
}
