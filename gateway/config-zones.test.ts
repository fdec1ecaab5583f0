/** Zones that a log has kept: without them, another machine's zone data would change a replay. */
import { expect, it } from 'vitest';
import type { Zone } from './calendar/zone.ts';
import { withZones } from './config-zones.ts';
import { deskTerms, parseDeskFile } from './desk-file/desk-file.ts';
import { isOutsideHours } from './hours.ts';
import { CONFIG, START_NS } from './paper-world.ts';
import { createGatewayState, type GatewayConfig } from './state.ts';

const schedule = { timeZone: 'America/New_York', startSeconds: 5 * 3_600, endSeconds: 7 * 3_600 };

function deskConfig(): GatewayConfig {
  const venue = { name: 'north', senderCompId: 'DESK', targetCompId: 'NORTH' };
  const session = { start: '05:00:00', end: '07:00:00', timeZone: 'America/New_York' };
  const file = parseDeskFile({
    venues: [{ ...venue, session }],
    strategies: [{ name: 'alpha', account: 'fund' }],
    accounts: [{ name: 'fund', tradingDay: { timeZone: 'Asia/Tokyo' } }],
    calendars: [{ name: 'fx-week' }],
  });
  return { ...CONFIG, ...deskTerms(file) };
}

const zonesFor = (config: GatewayConfig, kept?: readonly Zone[]) => withZones(config, kept).zones;

it('are those of accounts, calendars and sessions, each with a few offsets', () => {
  const zones = zonesFor(deskConfig())!;
  expect(zones.map(({ timeZone }) => timeZone)).toEqual(['America/New_York', 'Asia/Tokyo']);
  expect(JSON.stringify(zones).length).toBeLessThan(250);
});

it('leave a configuration without zones as it is, or its first record would change', () => {
  expect(withZones(CONFIG, undefined)).toBe(CONFIG);
});

it('decide in a replay, whatever the zone data of its machine says', () => {
  const hoursAt = (config: GatewayConfig) => {
    const state = createGatewayState(config);
    // Six in the morning in New York, when the session is open from five to seven.
    state.nowNs = START_NS;
    return isOutsideHours(state, { venue: 0, instrument: 0 });
  };
  const config = deskConfig();
  expect(hoursAt(withZones(config, undefined))).toBe(false);
  const shifted = zonesFor(config)!.map(zone => ({
    ...zone,
    offsets: zone.offsets?.map(each => ({ ...each, offsetMs: each.offsetMs - 2 * 3_600_000 })),
  }));
  expect(hoursAt(withZones(config, JSON.parse(JSON.stringify(shifted))))).toBe(true);
});

it('are kept of a session’s hours without a desk file too', () => {
  const [venue] = CONFIG.venues;
  const config = { ...CONFIG, venues: [{ ...venue!, session: { schedule } }] };
  const tabled = withZones(config, undefined);
  expect(tabled.zones).toHaveLength(1);
  expect(tabled.venues[0]!.session!.schedule!.offsets).toEqual(tabled.zones![0]!.offsets);
});
