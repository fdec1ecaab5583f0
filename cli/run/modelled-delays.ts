/** Delays of a run on the virtual clock, as configured. */
import { MICROSECOND_NS, MILLISECOND_NS } from '#engine';
import type { RunConfig } from '../config.ts';

/** Delays of a run on the virtual clock; lockstep has none. */
export function modelledDelays({ lockstep, ...config }: RunConfig): {
  verifierOneWayNs: number;
  serviceNs: number;
  venueOneWayNs: number;
} {
  if (lockstep) return { verifierOneWayNs: 0, serviceNs: 0, venueOneWayNs: 0 };
  return {
    verifierOneWayNs: Math.round((config.roundTripMs * MILLISECOND_NS) / 2),
    serviceNs: Math.round(config.serviceUs * MICROSECOND_NS),
    venueOneWayNs: Math.round((config.venueRoundTripMs * MILLISECOND_NS) / 2),
  };
}
