/** A decision at the present quote on the present forecast, and the signal it may be worth. */
import type { Nanoseconds } from '#engine';
import type { Confidence } from '#gateway/signal';
import { entropyOf, type Forecast } from '#law';
import type { EdgeEffects } from '../effects.ts';
import { acceptancePpm } from '../forecast/acceptance.ts';
import type { EdgeState, InstrumentState } from '../state.ts';
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
    confidence: confidenceIn(state, instrument, forecast),
  });
}

/** Undefined where the forecast is of a log that does not say how sure it was. */
function confidenceIn(
  { clockOffsetNs }: EdgeState,
  { acceptance }: InstrumentState,
  forecast: Forecast,
): Confidence | undefined {
  const entropyPpm = entropyOf(forecast);
  if (entropyPpm === undefined) return undefined;
  return { acceptancePpm: acceptancePpm(acceptance), entropyPpm, clockOffsetNs };
}
