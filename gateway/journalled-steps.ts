/** A gateway's inputs one after another: journalled, stepped, and what that wants done. */
import type { Nanoseconds, TimerHandle, Timers } from '#engine';
import { clearGatewayEffects, createGatewayEffects, type GatewayEffects } from './effects.ts';
import type { GatewayEvent } from './event.ts';
import type { GatewayPorts, GatewayReplay } from './gateway.ts';
import type { StateSnapshot } from './snapshot/state-snapshot.ts';
import { stallingJournal } from './stall.ts';

export type JournalledSteps = {
  /** Time of the next record. */
  now(): Nanoseconds;
  take(event: GatewayEvent): void;
  snapshot(): StateSnapshot | undefined;
  close(): void;
};

/** Goes on with a replay whose latest record is of `historyNs`. */
export function journalledSteps(
  replay: GatewayReplay,
  ports: GatewayPorts,
  historyNs: Nanoseconds,
): JournalledSteps {
  const { clock, timers } = ports;
  const { venues } = replay.state.config;
  let lastNs = historyNs;
  let isClosed = false;
  const now = () => Math.max(lastNs, clock.nowNs());
  const alarm = createAlarm(timers, () => take({ kind: 'timer', timeNs: now() }));
  const log = stallingJournal({
    ...{ clock, timers, journal: event => ports.journal(event) },
    onStalled(why) {
      ports.onStall?.(why);
      for (const venue of venues.keys()) ports.disconnect(STALLED, venue);
    },
    onResumed(event, held) {
      ports.onStall?.(undefined);
      step(event);
      // What the venues said meanwhile is not in the log: they say it again to the next Logon.
      for (const venue of venues.keys()) take({ kind: 'disconnected', timeNs: now(), venue });
      for (const each of held) take({ ...each, timeNs: now() });
      take({ kind: 'timer', timeNs: now() });
    },
  });
  const take = (event: GatewayEvent) => {
    if (isClosed) return;
    if (log.isStalled) {
      if (event.kind === 'connected') ports.disconnect(STALLED, event.venue);
      else if (!PASSING.has(event.kind)) log.hold(event);
    } else if (log.write(event)) {
      step(event);
    }
  };
  const carryOut = stepper(replay, ports, atNs => alarm.wakeAt(atNs));
  const step = (event: GatewayEvent) => {
    lastNs = event.timeNs;
    carryOut(event);
  };
  return {
    ...{ now, take },
    snapshot() {
      if (isClosed || log.isStalled) return undefined;
      const taken = replay.snapshot();
      const timeNs = now();
      if (!log.write({ kind: 'snapshot-mark', timeNs, mark: taken.mark })) return undefined;
      lastNs = timeNs;
      return taken;
    },
    close() {
      isClosed = true;
      alarm.cancel();
      log.close();
    },
  };
}

const STALLED = 'the log takes nothing';

/** Not worth keeping while the log takes nothing: they come again, or are too old by then. */
const PASSING: ReadonlySet<GatewayEvent['kind']> = new Set([
  ...(['signal', 'quote', 'inbound', 'disconnected', 'timer'] as const),
]);

/** Steps an event and does what that wants done. */
function stepper(
  replay: GatewayReplay,
  ports: GatewayPorts,
  wakeAt: (atNs: Nanoseconds) => void,
): (event: GatewayEvent) => void {
  /** More than one where a port hands in an event while it is told of another's effects. */
  const spare: GatewayEffects[] = [];
  const carryOut = (effects: GatewayEffects, timeNs: Nanoseconds) => {
    const { list, venues } = effects.outbound;
    for (const [at, bytes] of list.entries()) ports.send(Buffer.from(bytes), venues[at]!);
    ports.onEffects(effects, timeNs);
    if (effects.dueNs < Number.POSITIVE_INFINITY) wakeAt(effects.dueNs);
    for (const { venue, reason } of effects.disconnects) ports.disconnect(reason, venue);
    for (const { instrument, positionLots, strategy } of effects.positions) {
      ports.onPosition(instrument, positionLots, strategy);
    }
  };
  return event => {
    const effects = spare.pop() ?? createGatewayEffects(ports.probe);
    replay.step(event, effects);
    carryOut(effects, event.timeNs);
    clearGatewayEffects(effects);
    spare.push(effects);
  };
}

/** One wake-up at a time, the earliest that was asked for. */
function createAlarm(timers: Timers, onDue: () => void) {
  let timer: TimerHandle | undefined;
  let dueNs = Number.POSITIVE_INFINITY;
  return {
    wakeAt(atNs: Nanoseconds) {
      if (atNs >= dueNs) return;
      timer?.cancel();
      dueNs = atNs;
      timer = timers.at(atNs, () => {
        dueNs = Number.POSITIVE_INFINITY;
        onDue();
      });
    },
    cancel: () => timer?.cancel(),
  };
}
