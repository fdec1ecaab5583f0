/** The gateway of the replay measurement: two venues, two strategies, one worked by a schedule. */
import { MILLISECOND_NS, SECOND_NS } from '#engine';
import { type GatewayConfig, referenceVenue } from '#gateway';
import { loadReferenceData, referenceInstrument } from '#market';

export const START_NS = 36_000_000_000_000;
/** Of a lot before the first move, in price increments. */
export const FIRST_BID = 10_000;

export function mixedConfig(): GatewayConfig {
  const data = loadReferenceData();
  const instruments = ['SIMA', 'SIMB'].map(
    symbol => referenceInstrument(data, { symbol, date: '2026-01-02' })!,
  );
  const session = { senderCompId: 'DESK', heartbeatNs: 30 * SECOND_NS };
  const venueOf = (name: string) => ({
    ...referenceVenue({ ...session, targetCompId: name.toUpperCase() }),
    name,
  });
  return {
    ...{ originNs: 1_767_312_000_000_000_000n, instruments, resendAgeNs: SECOND_NS },
    limits: {
      ...{ positionLots: 500, orderValue: 1e9, ordersPerSecond: 50, collarBasisPoints: 500 },
      ...{ dailyLoss: 1e9, trailingDrawdown: 1e9, tickAgeNs: SECOND_NS, forecastAgeNs: SECOND_NS },
    },
    venues: [venueOf('first'), venueOf('second')],
    strategies: [
      { name: 'plain', account: 'account' },
      { name: 'worked', account: 'account', execution: WORKED },
    ],
  };
}

const WORKED = {
  ...{ minimumChangeLots: 1, minimumChangeIncrements: 1, holdOffNs: 100 * MILLISECOND_NS },
  quoteIntervalNs: 100 * MILLISECOND_NS,
  peg: { offsetIncrements: 0, stepIncrements: 1, intervalNs: 200 * MILLISECOND_NS },
  slicing: {
    ...{ kind: 'twap' as const, durationNs: 4 * SECOND_NS, slices: 8, catchUpPercent: 60 },
    ...{ jitterPercent: 0, seed: 0 },
  },
  router: {
    ...{ quoteAgeNs: 5 * SECOND_NS, missPerMillion: 100, latencyPerMillion: 0 },
    ...{ halfLifeNs: 60 * SECOND_NS, switchPerMillion: 5 },
  },
};
