/** What the configuration of a run means to its gateway, and to a paper venue of its own. */
import { MILLISECOND_NS, SECOND_NS } from '#engine';
import {
  checkSymbols,
  deskTerms,
  type GatewayConfig,
  type Limits,
  referenceVenue,
  symbolAt,
  type VenueTerms,
  withZones,
  type Zone,
} from '#gateway';
import type { RunConfig } from '../config.ts';
import { SENDER, TARGET } from './comp-ids.ts';
import { sessionTermsOf } from './session-options.ts';
import type { RunSetting } from './settings.ts';

/** A stale order must not surprise a venue that missed it: 1 s is past every wish's worth. */
const RESEND_AGE_NS = SECOND_NS;

export type GatewaySetting = Pick<
  RunSetting,
  'config' | 'originNs' | 'instruments' | 'deskFile'
> & {
  /** Version of `step` that the log is begun under; the newest where it is left out. */
  stepVersion?: number | undefined;
  /** Tables of time zones that the log has kept; none for a new log. */
  zones?: readonly Zone[] | undefined;
};

/** Throws `bad-config` for a desk file that names what is not traded. */
export function gatewayConfig(setting: GatewaySetting): GatewayConfig {
  const { config, originNs, instruments, deskFile, stepVersion } = setting;
  if (deskFile !== undefined) checkSymbols(deskFile, instruments);
  const untabled = {
    originNs,
    instruments,
    limits: limitsOf(config),
    resendAgeNs: RESEND_AGE_NS,
    stepVersion,
    ...(deskFile === undefined ? { venues: [referenceVenueOf(config)] } : deskTerms(deskFile)),
  };
  return withZones(untabled, setting.zones);
}

/** The run's own paper venues, as the gateway calls each and itself. */
export function paperVenuesTerms(setting: GatewaySetting) {
  const { venues, instruments } = gatewayConfig(setting);
  return venues.map(venue => ({
    name: venue.name,
    senderCompId: venue.targetCompId,
    targetCompId: venue.senderCompId,
    heartbeatNs: venue.heartbeatNs,
    instruments: instruments.map(each => ({ ...each, venueSymbol: symbolAt(venue, each) })),
  }));
}

/** The one venue of the virtual clock. */
export const paperVenueTerms = (setting: GatewaySetting) => paperVenuesTerms(setting)[0]!;

function referenceVenueOf(config: RunConfig): VenueTerms {
  return referenceVenue({
    ...{ senderCompId: SENDER, targetCompId: TARGET, session: sessionTermsOf(config) },
    heartbeatNs: config.heartbeatSeconds * SECOND_NS,
  });
}

/** The limits, as gateway and reference take them. */
export function limitsOf(config: RunConfig): Limits {
  return {
    positionLots: config.positionLots,
    orderValue: config.orderValue,
    ordersPerSecond: config.ordersPerSecond,
    collarBasisPoints: config.collarBasisPoints,
    dailyLoss: config.dailyLoss,
    trailingDrawdown: config.trailingDrawdown,
    tickAgeNs: config.tickAgeMs * MILLISECOND_NS,
    forecastAgeNs: config.forecastAgeMs * MILLISECOND_NS,
  };
}
