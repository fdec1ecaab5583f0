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
  open(): void;
  readonly isOpen: boolean;
  /** Bytes for a venue that is not there are dropped: the session resends what counts. */
  write(bytes: Uint8Array): void;
  /** Ends the present connection; another follows, unless `close` was called. */
  end(): void;
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
/** Between two looks whether a session may open: a machine that slept is not late. */
const LOOK_NS = SECOND_NS;

export function venueConnection(address: FixAddress, ports: VenueConnectionPorts): VenueConnection {
  const { clock, timers } = ports;
  let connection: FixConnection | undefined;
  let isClosed = false;

  let timer: TimerHandle | undefined;
  let saidNs: Nanoseconds | undefined;

  const retry = (afterNs = RECONNECT_NS) => {
    if (!isClosed) timer = timers.at(clock.nowNs() + afterNs, open);
  };
  /** Waits for the session's hours, and says once for each pause that it does. */
  const isPassive = () => {
    const nowNs = clock.nowNs();
    const opensNs = ports.opensNs(nowNs);
    if (opensNs <= nowNs) return false;
    if (opensNs !== saidNs) ports.onPassive(opensNs);
    saidNs = opensNs;
    retry(Math.min(opensNs - nowNs, LOOK_NS));
    return true;
  };
  const onClose = () => {
    connection = undefined;
    ports.onLost();
    retry();
  };
  const open = () => {
    if (isClosed || isPassive()) return;
    connectFix(address, { onBytes: ports.onBytes, onClose }, { clock, timers }).then(
      opened => {
        connection = opened;
        ports.onOpened();
      },
      (error: Error) => {
        ports.onProblem(error.message);
        retry();
      },
    );
  };

  return {
    open,
    get isOpen() {
      return connection !== undefined;
    },
    write: bytes => connection?.write(bytes),
    end: () => connection?.end(),
    close() {
      isClosed = true;
      timer?.cancel();
    },
  };
}
