/** A parent order under way: what its schedule follows from, and its record for a successor. */
import { DAY_NS, type Nanoseconds } from '#engine';
import { field, type RecordOf, recordSchema } from '#engine/schema';

export type Side = 1 | -1;

/** Never changed in place: another parent is another object. */
export type Parent = {
  readonly number: number;
  readonly side: Side;
  readonly startNs: Nanoseconds;
  readonly startLots: number;
};

/** The latest parent of each instrument; undefined before the first. */
export type ParentOrders = {
  get(instrument: number): Parent | undefined;
  /** In place of what is known, for an edge that takes over or lets go. */
  put(instrument: number, parent: Parent | undefined): void;
};

const { integer, oneOf } = field;

const VERSIONS = [
  {
    number: integer,
    side: oneOf('buy', 'sell'),
    /** Days since 1970 and nanoseconds of the day: it holds for edges whose clocks part. */
    startDay: integer,
    startDayNs: integer,
    startLots: integer,
  },
] as const;

export type ParentRecord = RecordOf<typeof VERSIONS>;

export const parentSchema = recordSchema({ name: 'edge.parent', versions: VERSIONS });

/** `zeroNs`: what the edge's clock counts from, nanoseconds since 1970. */
export function parentRecordOf(parent: Parent, zeroNs: bigint): ParentRecord {
  const { number, side, startNs, startLots } = parent;
  const unixNs = zeroNs + BigInt(startNs);
  const startDay = Number(unixNs / BigInt(DAY_NS));
  const startDayNs = Number(unixNs % BigInt(DAY_NS));
  return { number, side: side === 1 ? 'buy' : 'sell', startDay, startDayNs, startLots };
}

export function parentOf(record: ParentRecord, zeroNs: bigint): Parent {
  const { number, side, startDay, startDayNs, startLots } = record;
  const unixNs = BigInt(startDay) * BigInt(DAY_NS) + BigInt(startDayNs);
  return { number, side: side === 'buy' ? 1 : -1, startNs: Number(unixNs - zeroNs), startLots };
}
