/** Forecast age: an order rests on a forecast that is not older than the limit. */
import type { Control } from './control.ts';

export const forecastAge: Control = {
  name: 'forecast-age',
  objection({ forecastTimeNs }, { nowNs }, { forecastAgeNs }) {
    const seen = nowNs - forecastTimeNs;
    return seen > forecastAgeNs ? { seen, allowed: forecastAgeNs } : undefined;
  },
};
