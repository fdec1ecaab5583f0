/** The gateway's connection to its venue: opened again whenever it is lost, until it is closed. */
import {
  type Clock,
  MILLISECOND_NS,
  type Nanoseconds,
  SECOND_NS,
  type TimerHandle,
  type Timers,
} from '#engine';
import { connectFix, type FixAddress, type FixConnection } from '#gateway';

export type VenueConnection = {
  /** `isTakeover`: the venue may yet have to see the end of another's connection. */
  open(isTakeover?: boolean): void;
  readonly isOpen: boolean;
  /** Bytes for a venue that is not there are dropped: the session resends what counts. */
  write(bytes: Uint8Array): void;
  /** Ends the present connection; another follows, unless `close` or `pause` was called. */
  end(): void;
  /** Ends it, and opens no other until `open` is called. */
  pause(): void;
  /** No further try. */
  close(): void;
};

export type VenueConnectionPorts = {
  /** When it may next be open: the time given, or a later one. */
  opensNs(nowNs: Nanoseconds): Nanoseconds;
  clock: Clock;
  timers: Timers;
  onOpened(): void;
  onBytes(bytes: Uint8Array): void;
  onLost(): void;
  /** It is not opened before this time. */
  onPassive(untilNs: Nanoseconds): void;
  onProblem(text: string): void;
};

/** Between two tries to reach the venue. */
const RECONNECT_NS = 200 * MILLISECOND_NS;
/** At first after a takeover. */
const TAKEOVER_RETRY_NS = 20 * MILLISECOND_NS;
const TAKEOVER_TRIES = 25;
/** Between two looks whether a session may open: a machine that slept is not late. */
const LOOK_NS = SECOND_NS;

export function venueConnection(address: FixAddress, ports: VenueConnectionPorts): VenueConnection {
  const { clock, timers } = ports;
  let connection: FixConnection | undefined;
  let isClosed = false;
  let isPaused = false;
  let quickTries = 0;
  let timer: TimerHandle | undefined;

  const isWanted = () => !isClosed && !isPaused;
  const retry = (afterNs = quickTries-- > 0 ? TAKEOVER_RETRY_NS : RECONNECT_NS) => {
    if (isWanted()) timer = timers.at(clock.nowNs() + afterNs, open);
  };
  const closedForNs = sessionHours(ports);
  const onClose = () => {
    const hasStood = connection !== undefined;
    connection = undefined;
    if (hasStood) ports.onLost();
    retry();
  };
  const stand = (opened: FixConnection) => {
    if (!isWanted()) return opened.end();
    connection = opened;
    ports.onOpened();
  };
  const open = () => {
    if (!isWanted()) return;
    const passiveNs = closedForNs();
    if (passiveNs > 0) return retry(Math.min(passiveNs, LOOK_NS));
    const handler = { onBytes: ports.onBytes, onClose };
    connectFix(address, handler, { clock, timers }).then(stand, (error: Error) => {
      ports.onProblem(error.message);
      retry();
    });
  };

  return {
    open(isTakeover = false) {
      isPaused = false;
      quickTries = isTakeover ? TAKEOVER_TRIES : 0;
      timer?.cancel();
      open();
    },
    get isOpen() {
      return connection !== undefined;
    },
    write: bytes => connection?.write(bytes),
    end: () => connection?.end(),
    pause() {
      isPaused = true;
      timer?.cancel();
      connection?.end();
    },
    close() {
      isClosed = true;
      timer?.cancel();
    },
  };
}

/** How long the session's hours keep it closed; says once for each pause that they do. */
function sessionHours({ clock, opensNs, onPassive }: VenueConnectionPorts): () => Nanoseconds {
  let saidNs: Nanoseconds | undefined;
  return () => {
    const nowNs = clock.nowNs();
    const untilNs = opensNs(nowNs);
    if (untilNs <= nowNs) return 0;
    if (untilNs !== saidNs) onPassive(untilNs);
    saidNs = untilNs;
    return untilNs - nowNs;
  };
}
