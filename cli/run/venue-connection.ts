/** The gateway's connection to its venue: opened again whenever it is lost, until it is closed. */
import { type Clock, MILLISECOND_NS, type Timers } from '#engine';
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
  clock: Clock;
  timers: Timers;
  onOpened(): void;
  onBytes(bytes: Uint8Array): void;
  onLost(): void;
  onProblem(text: string): void;
};

/** Between two tries to reach the venue. */
const RECONNECT_NS = 200 * MILLISECOND_NS;

export function venueConnection(address: FixAddress, ports: VenueConnectionPorts): VenueConnection {
  const { clock, timers } = ports;
  let connection: FixConnection | undefined;
  let isClosed = false;

  const retry = () => {
    if (!isClosed) timers.at(clock.nowNs() + RECONNECT_NS, open);
  };
  const onClose = () => {
    connection = undefined;
    ports.onLost();
    retry();
  };
  const open = () => {
    if (isClosed) return;
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
    },
  };
}
