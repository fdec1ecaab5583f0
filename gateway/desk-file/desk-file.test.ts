/** The desk file: without these tests, a slip in it could trade elsewhere or on a wrong account. */
import { describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { INSTRUMENTS } from '../paper-world.ts';
import { checkSymbols, deskTerms, parseDeskFile } from './desk-file.ts';

const VENUE = { name: 'north', senderCompId: 'DESK', targetCompId: 'NORTH' };
const STRATEGY = { name: 'alpha', account: 'fund' };
const EVEN = { jitterPercent: 0, seed: 0 };
const FILE = { venues: [VENUE], strategies: [STRATEGY], accounts: [{ name: 'fund' }] };

const strategyWith = (execution: object) => ({ ...FILE, strategies: [{ ...STRATEGY, execution }] });
const venueWith = (differing: object) => ({ ...FILE, venues: [{ ...VENUE, ...differing }] });

describe('a desk file', () => {
  it('leaves a venue what is safe where nothing is said: limit orders for the day', () => {
    const { venues, strategies } = deskTerms(parseDeskFile(FILE));
    expect(venues[0]).toMatchObject({
      ...{ name: 'north', senderCompId: 'DESK', targetCompId: 'NORTH', symbols: {} },
      ...{ orderTypes: ['limit'], timesInForce: ['day'], heartbeatNs: 30 * SECOND_NS },
      ...{ hasPostOnly: false, hasMassStatus: false, hasMassCancel: false },
      hasDontKnowTrade: false,
    });
    expect(strategies).toEqual([STRATEGY]);
  });

  it('reads the same from its own output, as a log carries it', () => {
    const file = parseDeskFile(
      venueWith({ session: { start: '08:00:00', end: '17:00:00' }, symbols: { EURUSD: 'EUR' } }),
    );
    expect(parseDeskFile(JSON.parse(JSON.stringify(file)))).toEqual(file);
  });

  const bad: [string, unknown, string][] = [
    ['no sections', {}, 'venues: missing; '],
    ['no object', 'venues', 'desk file: "venues"; '],
    ['no venue', { ...FILE, venues: [] }, 'venues: []; give at least one'],
    ['two venues of a name', { ...FILE, venues: [VENUE, VENUE] }, 'two have one name'],
    ['a name for no file', venueWith({ name: '../x' }), 'venues.0.name: "../x"; give 1 to 32'],
    ['a field of another name', venueWith({ adress: 'h:1' }), 'venues.0.adress: no such field'],
    ['a section of another name', { ...FILE, venue: [] }, 'venue: no such field'],
    ['an order type that is none', venueWith({ orderTypes: ['iceberg'] }), 'venues.0.orderTypes.0'],
    ['an address without a port', venueWith({ address: 'host' }), 'venues.0.address: "host"; give'],
    ['a CompID with a space', venueWith({ senderCompId: 'A B' }), 'venues.0.senderCompId: "A B"'],
    [
      'half the hours of a session',
      venueWith({ session: { start: '08:00:00' } }),
      'venues north: session.start and venues north: session.end: one is missing',
    ],
    [
      'slices that are no time',
      strategyWith({ slicing: { kind: 'twap', durationSeconds: 1, slices: 1001 } }),
      'strategies.0.execution.slicing.slices: 1001; give at least a millisecond a slice',
    ],
    [
      'a hold-off of nothing, with which a refused order would be sent again at once',
      strategyWith({ holdOffMs: 0 }),
      'strategies.0.execution.holdOffMs: 0',
    ],
    [
      'an account that is none',
      { ...FILE, strategies: [{ ...STRATEGY, account: 'other' }] },
      'strategies alpha: account: other; name one of the section accounts',
    ],
  ];
  it.each(bad)('with %s is refused by field, value and remedy', (_, file, message) => {
    expect(() => parseDeskFile(file)).toThrow(message);
  });

  it('says how a strategy is executed, in the units of its planner', () => {
    const slicing = { kind: 'twap', durationSeconds: 600, slices: 20 };
    const execution = { slicing, holdOffMs: 250, router: { quoteAgeMs: 2000 } };
    const file = parseDeskFile({ ...FILE, strategies: [{ ...STRATEGY, execution }] });
    expect(parseDeskFile(JSON.parse(JSON.stringify(file)))).toEqual(file);
    expect(deskTerms(file).strategies[0]?.execution).toEqual({
      ...{ minimumChangeLots: 1, minimumChangeIncrements: 1, holdOffNs: SECOND_NS / 4 },
      ...{ quoteIntervalNs: SECOND_NS / 10 },
      peg: { offsetIncrements: 0, stepIncrements: 1, intervalNs: SECOND_NS / 4 },
      slicing: {
        kind: 'twap',
        durationNs: 600 * SECOND_NS,
        slices: 20,
        catchUpPercent: 75,
        ...EVEN,
      },
      router: {
        ...{ quoteAgeNs: 2 * SECOND_NS, halfLifeNs: 60 * SECOND_NS, switchPerMillion: 5 },
        ...{ missPerMillion: 50, latencyPerMillion: 1 },
      },
    });
  });

  it('names only what is traded, or a strategy would wait for ever', () => {
    const strategies = [{ ...STRATEGY, instruments: ['EURUSD', 'GOLD'] }];
    const file = parseDeskFile({ ...FILE, strategies });
    expect(() => checkSymbols(file, INSTRUMENTS)).toThrow(
      'strategies alpha: instruments: GOLD; give some of EURUSD, BTCUSDT',
    );
    expect(() => checkSymbols(parseDeskFile(FILE), INSTRUMENTS)).not.toThrow();
  });
});
