/** The zone tables of a configuration: a log keeps them, so that each replay has the same hours. */

import { zonesOf } from './account/money-tables.ts';
import { zoneNamed } from './account/money-terms.ts';
import { spanOfLog } from './calendar/edges.ts';
import { tabulateZone, type Zone } from './calendar/zone.ts';
import type { GatewayConfig } from './state.ts';
import type { VenueTerms } from './venue-terms.ts';

/**
 * The configuration with a table of every zone that it names: those that its log has kept, for a
 * new log those of this Node's zone data. Without a zone it stays as it is.
 */
export function withZones(config: GatewayConfig, kept: readonly Zone[] | undefined): GatewayConfig {
  const names = zoneNames(config);
  if (names.length === 0) return config;
  const span = spanOfLog(config.originNs);
  const zones = names.map(
    name => kept?.find(({ timeZone }) => timeZone === name) ?? tabulateZone(name, span),
  );
  return { ...config, zones, venues: config.venues.map(venue => withSchedule(venue, zones)) };
}

function zoneNames({ money, instruments, venues }: GatewayConfig): string[] {
  const ofMoney = money === undefined ? [] : zonesOf(money, instruments);
  const ofSessions = venues.flatMap(({ session }) => session?.schedule?.timeZone ?? []);
  return [...new Set([...ofMoney, ...ofSessions])].toSorted();
}

function withSchedule(venue: VenueTerms, zones: readonly Zone[]): VenueTerms {
  const schedule = venue.session?.schedule;
  if (schedule === undefined) return venue;
  const { offsets } = zoneNamed(zones, schedule.timeZone);
  return { ...venue, session: { ...venue.session, schedule: { ...schedule, offsets } } };
}
