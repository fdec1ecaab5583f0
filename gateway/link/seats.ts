/** Who sits at the gateway's door for a strategy: one edge, or those of a group. */
import type { FramedConnection } from '#engine';
import type { EdgeMember } from './protocol.ts';

/** Of an edge that is here, or was until now. */
export type Seat = {
  /** Its name in the group; empty for an edge alone. */
  readonly member: string;
  connection: FramedConnection | undefined;
  instruments: number;
  /** Looks since the edge's last word. */
  quietLooks: number;
};

/** Of one strategy; at least one seat, that of an edge which is expected where none is here. */
export type Place = {
  readonly strategy: number;
  group: string | undefined;
  seats: Seat[];
  /** Of a group, by instrument: the latest tick that was decided on, and by whom. */
  readonly latest: Map<number, { readonly ticks: number; readonly member: string }>;
  /** Likewise: who spoke of it last, by a signal that counted or a quote. */
  readonly owners: Map<number, string>;
};

export const expectedPlace = (strategy: number): Place => ({
  ...{ strategy, group: undefined, latest: new Map(), owners: new Map() },
  seats: [{ member: '', connection: undefined, instruments: 0, quietLooks: 0 }],
});

/** Whether nobody is here but others of the group. */
export function hasRoom({ group, seats }: Place, edge: EdgeMember | undefined): boolean {
  const here = seats.filter(({ connection }) => connection !== undefined);
  if (here.length === 0) return true;
  if (edge === undefined || edge.group !== group) return false;
  return here.every(({ member }) => member !== edge.member);
}

/** An edge of another group, or one alone, finds nothing of those before it. */
export function sit(
  place: Place,
  edge: { connection: FramedConnection; group: EdgeMember | undefined; instruments: number },
): Seat {
  const { group, member = '' } = edge.group ?? {};
  if (group === undefined || group !== place.group) {
    place.seats = [];
    place.latest.clear();
    place.owners.clear();
  }
  place.group = group;
  const { connection, instruments } = edge;
  const seat = { member, connection, instruments, quietLooks: 0 };
  place.seats = [...place.seats.filter(other => other.member !== member), seat];
  return seat;
}

export function removeSeat(place: Place, seat: Seat): void {
  place.seats = place.seats.filter(other => other !== seat);
}

/**
 * Instruments that no edge which is left has spoken of last: those of the one that was here, and
 * those that nobody has spoken of.
 */
export function unownedOf({ seats, owners }: Place, { instruments }: Seat): number[] {
  const left = new Set(seats.map(({ member }) => member));
  const isUnowned = (instrument: number) => !left.has(owners.get(instrument) ?? '');
  return Array.from({ length: instruments }, (_, instrument) => instrument).filter(isUnowned);
}

/**
 * Whoever takes an instrument over takes the last ticks again that its predecessor had decided on
 * and not committed: what it says of them was said. So is what one says who does not know yet that
 * another has the instrument.
 */
export function isNew(
  { latest, owners }: Place,
  member: string,
  { instrument, ticks }: { instrument: number; ticks: number | undefined },
): boolean {
  if (ticks === undefined) return true;
  const last = latest.get(instrument);
  const isOld = last !== undefined && (ticks < last.ticks || isOfOther(last, { ticks, member }));
  if (isOld) return false;
  latest.set(instrument, { ticks, member });
  owners.set(instrument, member);
  return true;
}

type Decided = { readonly ticks: number; readonly member: string };

const isOfOther = (last: Decided, { ticks, member }: Decided) =>
  ticks === last.ticks && member !== last.member;
