/** What an edge writes to topics: its state, settled forecasts and signals, each by symbol. */
import { field, type RecordOf, recordSchema } from '#engine/schema';

const { integer, list, oneOf, optional, text } = field;

/** Integers of a forecast of 32 moves: header, horizons and trailer. */
const FORECAST_INTS_MAX = 512;
const NAME_BYTES = 100;

const STATES = [
  {
    /** The member of the group that wrote it. */
    edge: text(NAME_BYTES),
    /** Ticks of the instrument that the group has taken since it began. */
    ticks: integer,
    /** CRC-32 of the bytes of all those ticks, one behind the other. */
    check: integer,
    /** Of the last: its number by its publisher, and its time, milliseconds since 1970. */
    sequence: integer,
    timeMs: integer,
    epoch: integer,
    moveIndex: integer,
    midHalfIncrements: optional(integer),
  },
] as const;

const FORECASTS = [
  {
    edge: text(NAME_BYTES),
    /** Ticks of the instrument that had been taken when it became the present forecast. */
    ticks: integer,
    epoch: integer,
    moveIndex: integer,
    forecastId: text(NAME_BYTES),
    /** As law/forecast.ts lays it out. */
    forecast: list(integer, FORECAST_INTS_MAX),
  },
] as const;

const SIGNALS = [
  {
    edge: text(NAME_BYTES),
    /** Of the gateway elsewhere; empty for its only one. */
    strategy: text(NAME_BYTES),
    /** The tick it was decided on, counted as `ticks` of the state. */
    ticks: integer,
    basis: oneOf('provisional', 'verified'),
    style: oneOf('wait', 'join', 'peg', 'cross'),
    desiredLots: integer,
    limitIncrements: integer,
    midLowHalfIncrements: integer,
    midHighHalfIncrements: integer,
    forecastId: text(NAME_BYTES),
    bidIncrements: integer,
    askIncrements: integer,
    /** When it was decided: since its tick arrived, and since its forecast was there. */
    tickAgeNs: integer,
    forecastAgeNs: integer,
  },
] as const;

export type StateRecord = RecordOf<typeof STATES>;
export type ForecastRecord = RecordOf<typeof FORECASTS>;
export type SignalRecord = RecordOf<typeof SIGNALS>;

export const stateSchema = recordSchema({ name: 'edge.state', versions: STATES });
export const forecastSchema = recordSchema({ name: 'edge.forecast', versions: FORECASTS });
export const signalSchema = recordSchema({ name: 'edge.signal', versions: SIGNALS });
