/** How a day went for a pair of gateways: who traded by which epoch, and when it ran alone. */
import type { GatewayEvent } from '../event.ts';
import type { Succession } from '../standby/claim-record.ts';

type Moment = { record: number; time: string };

/** A node trades from this record on. */
export type DayClaim = Moment & {
  epoch: number;
  node: string;
  /** Who traded before; null at the beginning of the log. */
  from: string | null;
  /** By whose word; null where the witness granted it, or the node was started as the first. */
  operator: string | null;
};

export type DayPairing = {
  claims: DayClaim[];
  /** Null: since before the day, or beyond its end. */
  alone: { node: string; from: Moment | null; to: Moment | null }[];
};

/** As it stands at the day's start. */
export function startPairing({ node, standby }: Succession): DayPairing {
  return { claims: [], alone: standby === '' ? [{ node, from: null, to: null }] : [] };
}

/** Takes a record that was stepped; `from`: who traded before it. */
export function notePairing(
  pairing: DayPairing,
  event: GatewayEvent,
  { succession, from, moment }: { succession: Succession; from: string; moment: Moment },
): void {
  // A claim that came too late voids itself and what follows it.
  if (succession.isVoid) return;
  const { alone, claims } = pairing;
  const last = alone.at(-1);
  const running = last?.to === null ? last : undefined;
  if (event.kind === 'epoch-claim') {
    const { epoch, node, operator } = event;
    claims.push({ ...moment, epoch, node, from: from || null, operator: operator || null });
    if (running !== undefined) running.to = moment;
  } else if (event.kind === 'standby-state') {
    if (event.standby !== '' && running !== undefined) running.to = moment;
    if (event.standby === '' && running === undefined) {
      alone.push({ node: succession.node, from: moment, to: null });
    }
  }
}
