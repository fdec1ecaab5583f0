/** What happens while the log takes no records: nothing is stepped, nothing sent, until it does. */
import { type Clock, MILLISECOND_NS, OutriderError, type TimerHandle, type Timers } from '#engine';
import type { GatewayEvent } from './event.ts';

export type StallPorts = {
  clock: Clock;
  timers: Timers;
  /** As the gateway's: called again with the same event after it threw. */
  journal(event: GatewayEvent): void;
  onStalled(why: string): void;
  /** The event that stalled is journalled now, and `held` came meanwhile. */
  onResumed(event: GatewayEvent, held: readonly GatewayEvent[]): void;
};

export type StallingJournal = {
  readonly isStalled: boolean;
  /** False where the disk refused: the event waits, and whatever comes behind it goes to `hold`. */
  write(event: GatewayEvent): boolean;
  /** Keeps a decision for later, while stalled. Throws `limit` beyond HELD_MAX. */
  hold(event: GatewayEvent): void;
  close(): void;
};

/** Between two tries to write. */
const RETRY_NS = 200 * MILLISECOND_NS;
const HELD_MAX = 64;

export function stallingJournal(ports: StallPorts): StallingJournal {
  const { clock, timers, journal } = ports;
  let waiting: GatewayEvent | undefined;
  let held: GatewayEvent[] = [];
  let timer: TimerHandle | undefined;

  const retryLater = () => {
    timer = timers.at(clock.nowNs() + RETRY_NS, retry);
  };
  const retry = () => {
    const event = waiting!;
    if (refusal(() => journal(event)) !== undefined) {
      retryLater();
      return;
    }
    const meanwhile = held;
    waiting = undefined;
    held = [];
    ports.onResumed(event, meanwhile);
  };
  return {
    get isStalled() {
      return waiting !== undefined;
    },
    write(event) {
      const why = refusal(() => journal(event));
      if (why === undefined) return true;
      waiting = event;
      keep(event);
      retryLater();
      ports.onStalled(why);
      return false;
    },
    hold(event) {
      if (held.length === HELD_MAX) {
        const message = `${event.kind}: ${HELD_MAX} decisions wait for the log already`;
        throw new OutriderError('limit', `${message}; free disk space, or end the gateway`);
      }
      held.push(event);
    },
    close: () => timer?.cancel(),
  };
}

/** What it was given for the call alone: a socket's memory is used again before the next try. */
function keep(event: GatewayEvent): void {
  // A Buffer's own `slice` would be a view of that memory.
  if (event.kind === 'inbound') event.bytes = Uint8Array.from(event.bytes);
  else if (event.kind === 'signal') event.signal = { ...event.signal };
  else if (event.kind === 'quote') event.quote = { ...event.quote };
}

/** Only a disk may recover; any other error is the caller's to see. */
function refusal(write: () => void): string | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    if (error instanceof OutriderError && error.code === 'disk') return error.message;
    throw error;
  }
}
