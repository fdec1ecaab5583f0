/** The edge's input log and the FIX files of a run folder, written as the run goes. */

import { createEdgeEncoder, type EdgeEvent } from '#edge';
import { type EmbeddedLog, openLog } from '#engine';
import { createGatewayEncoder, type GatewayEvent } from '#gateway';

export type Journal<Event> = {
  write(event: Event): void;
  flush(): void;
  close(): void;
};

/** A log whose first record is the run's configuration. */
export function openEdgeJournal(
  directory: string,
  { originNs, timeNs, start }: { originNs: bigint; timeNs: number; start: string },
): Journal<EdgeEvent> {
  const encode = createEdgeEncoder();
  const log = openLog({ directory, originNs });
  log.append(encode({ kind: 'start', timeNs, config: start }));
  return journal(log, encode);
}

/** The gateway's log of a run on the virtual clock; a live gateway keeps its own. */
export function openGatewayJournal(
  directory: string,
  { originNs, timeNs, start }: { originNs: bigint; timeNs: number; start: string },
): Journal<GatewayEvent> {
  const encode = createGatewayEncoder();
  const log = openLog({ directory, originNs });
  log.append(encode({ kind: 'start', timeNs, config: start }));
  return journal(log, encode);
}

function journal<Event>(log: EmbeddedLog, encode: (event: Event) => Uint8Array): Journal<Event> {
  return {
    write: event => void log.append(encode(event)),
    flush: () => log.flush(),
    close: () => log.close(),
  };
}
