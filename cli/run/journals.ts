/** The edge's input log and the FIX files of a run folder, written as the run goes. */

import { createEdgeEncoder, type EdgeEvent } from '#edge';
import { openLog } from '#engine';
import { createGatewayEncoder, type GatewayEvent } from '#gateway';

export type Journal<Event> = {
  write(event: Event): void;
  flush(): void;
  close(): void;
};

type Begin = { originNs: bigint; timeNs: number; start: string };
type Start = { kind: 'start'; timeNs: number; config: string };

/** A log whose first record is the run's configuration. */
export const openEdgeJournal = (directory: string, begin: Begin): Journal<EdgeEvent> =>
  openJournal(directory, begin, createEdgeEncoder());

/** The gateway's log of a run on the virtual clock; a live gateway keeps its own. */
export const openGatewayJournal = (directory: string, begin: Begin): Journal<GatewayEvent> =>
  openJournal(directory, begin, createGatewayEncoder());

function openJournal<Event>(
  directory: string,
  { originNs, timeNs, start }: Begin,
  encode: (record: Event | Start) => Uint8Array,
): Journal<Event> {
  const log = openLog({ directory, originNs });
  log.append(encode({ kind: 'start', timeNs, config: start }));
  return {
    write: event => void log.append(encode(event)),
    flush: () => log.flush(),
    close: () => log.close(),
  };
}
