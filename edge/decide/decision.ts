/** A decision at the present quote on the present forecast, and the signal it may be worth. */
import type { Nanoseconds } from '#engine';
import type { EdgeEffects } from '../effects.ts';
import type { EdgeState } from '../state.ts';
import { isWorthSending } from './policy.ts';

export function decideOn(
  state: EdgeState,
  { instrument: index, timeNs }: { instrument: number; timeNs: Nanoseconds },
  effects: EdgeEffects,
): void {
  const { features } = state;
  const { policy, holdNs, moves } = state.config;
  const instrument = state.instruments[index]!;
  const { quote, forecast: current, positionLots, tickTimeNs } = instrument;
  if (quote === undefined || current === undefined) return;
  const { forecast, basis, timeNs: forecastTimeNs } = current;
  const present = { instrument: index, timeNs, quote, positionLots, features };
  const wish = policy.wish({ ...present, forecast, moves });
  const isSent = isWorthSending(instrument.sent, wish, { timeNs, holdNs });
  const verified = basis === 'verified';
  const { forecastId } = current;
  effects.decisions.push({ instrument: index, timeNs, verified, forecastId, wish, isSent });
  if (!isSent) return;
  instrument.sent = { wish, timeNs };
  const { bidIncrements, askIncrements } = quote;
  effects.signals.push({
    strategy: 0,
    instrument: index,
    timeNs,
    ...wish,
    basis,
    forecastId: forecastId(),
    forecastTimeNs,
    bidIncrements,
    askIncrements,
    tickTimeNs,
  });
}
