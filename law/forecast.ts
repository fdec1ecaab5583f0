/** The forecast of a context: how far the mid may have gone after each of the next moves. */

/**
 * Integers only, laid out for logs and wires as they stand:
 *
 *   [ not reached 0.1 s, 1 s, 10 s (Q16) | horizon 1 | horizon 2 | ... | horizon H | entropy ]
 *   horizon = [ mean, error (Q8 half increments) | up, down (Q24) | q5, q25, q50, q75, q95 ]
 */
export type Forecast = Int32Array;

export const HORIZON_INTS = 9;
export const FORECAST_HEADER_INTS = 3;
const FORECAST_TRAILER_INTS = 1;

export const forecastInts = (moves: number) =>
  FORECAST_HEADER_INTS + moves * HORIZON_INTS + FORECAST_TRAILER_INTS;

/** Horizons of a forecast; logs of older builds have such without a trailer. */
const movesOf = ({ length }: Forecast) =>
  Math.floor((length - FORECAST_HEADER_INTS) / HORIZON_INTS);

/**
 * Of the next move's distribution, in millionths of the most that its alphabet allows; undefined
 * where a log of an older build does not say it.
 */
export function entropyOf(forecast: Forecast): number | undefined {
  return forecast[FORECAST_HEADER_INTS + movesOf(forecast) * HORIZON_INTS];
}

export type Horizon = {
  meanQ8: number;
  errorQ8: number;
  upQ24: number;
  downQ24: number;
  /** Displacements of the mid in half increments at 5, 25, 50, 75 and 95 %. */
  quantiles: readonly number[];
};

/** Horizon `move` (1..H) of a forecast. */
export function horizonOf(forecast: Forecast, move: number): Horizon {
  const at = FORECAST_HEADER_INTS + (move - 1) * HORIZON_INTS;
  return {
    meanQ8: forecast[at]!,
    errorQ8: forecast[at + 1]!,
    upQ24: forecast[at + 2]!,
    downQ24: forecast[at + 3]!,
    quantiles: Array.from(forecast.subarray(at + 4, at + HORIZON_INTS)),
  };
}

/** The text of a forecast that digests cover. */
export function forecastText(id: string, forecast: Forecast): string {
  let text = `${id}|${forecast.subarray(0, FORECAST_HEADER_INTS).join(',')}`;
  const end = FORECAST_HEADER_INTS + movesOf(forecast) * HORIZON_INTS;
  for (let at = FORECAST_HEADER_INTS; at < end; at += HORIZON_INTS) {
    text += `|${forecast.subarray(at, at + HORIZON_INTS).join(',')}`;
  }
  return text;
}
