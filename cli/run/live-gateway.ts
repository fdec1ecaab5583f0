/** The gateway of a live run: its log on disk, its FIX sessions over TCP, back by themselves. */
import {
  ByteReader,
  type Clock,
  type EmbeddedLog,
  type Nanoseconds,
  openLog,
  type Timers,
} from '#engine';
import {
  type Credentials,
  createGateway,
  createGatewayEncoder,
  type FixAddress,
  fillCredentials,
  formatUtcTimestamp,
  type Gateway,
  type GatewayConfig,
  type GatewayEffects,
  type GatewayEvent,
  type GatewayPorts,
  maskingStream,
  opensNs,
  readGatewayRecord,
  type StepProbe,
  snapshotLayout,
} from '#gateway';
import { newestSnapshot, takeSnapshotOf } from './gateway-snapshots.ts';
import { venueConnection } from './venue-connection.ts';

/** Where a venue of the configuration is to be reached. */
export type VenueAccess = {
  address: FixAddress;
  /** Of the Logon: filled in on the wire alone, where the session's own are masked. */
  credentials?: Credentials | undefined;
};

export type LiveGatewayOptions = {
  config: GatewayConfig;
  /** Configuration as the log's first record carries it. */
  start: string;
  logDirectory: string;
  /** One for each venue of the configuration, in its order. */
  venues: readonly VenueAccess[];
  clock: Clock;
  timers: Timers;
  onSent(bytes: Uint8Array, venue: number): void;
  onPosition(instrument: number, positionLots: number, strategy: number): void;
  onEffects(effects: GatewayEffects, timeNs: number): void;
  onProblem(text: string): void;
  probe: StepProbe;
  /** Between two snapshots beside the log, of which a start takes the newest; undefined: none. */
  snapshotRecords?: number | undefined;
};

export type LiveGateway = {
  readonly gateway: Gateway;
  /** Connects to each venue, and again whenever its connection is lost, until `close`. */
  connect(): void;
  /** Cancels what works, logs out, and resolves when all have answered or had their time. */
  stop(withinNs: number): Promise<void>;
  close(): void;
};

export function startGateway(options: LiveGatewayOptions): LiveGateway {
  const { clock, timers, config, onProblem } = options;
  const journal = openJournal(options, () => gateway);
  let isClosing = false;
  let onIdle = () => {};
  const ways = options.venues.map((access, index) =>
    openWay({ ...options, access, index, gateway: () => gateway, onLost: () => onIdle() }),
  );
  const { onPosition, onEffects, probe } = options;
  const ports: GatewayPorts = {
    ...{ clock, timers, onPosition, onEffects, probe, journal: journal.write },
    ...{ snapshot: journal.snapshot, onStall: why => onProblem(stallText(why)) },
    send(bytes, venue) {
      ways[venue]!.write(bytes);
      options.onSent(bytes, venue);
    },
    disconnect(reason, venue) {
      if (!isClosing) onProblem(`${config.venues[venue]!.name}: ${reason}`);
      ways[venue]!.connection.end();
    },
  };
  const gateway: Gateway = createGateway(config, ports, journal.history());
  if (!journal.isNew) gateway.restart();
  const isOpen = () => ways.some(({ connection }) => connection.isOpen);
  const noFurtherTry = () => {
    isClosing = true;
    for (const { connection } of ways) connection.close();
  };

  return {
    gateway,
    connect() {
      for (const { connection } of ways) connection.open();
    },
    async stop(withinNs) {
      noFurtherTry();
      // Without a connection too: the log then ends as that of a gateway which was stopped.
      gateway.command('stop');
      if (!isOpen()) return;
      const idle = Promise.withResolvers<void>();
      onIdle = () => void (isOpen() || idle.resolve());
      const deadline = timers.at(clock.nowNs() + withinNs, idle.resolve);
      await idle.promise;
      deadline.cancel();
    },
    close() {
      noFurtherTry();
      journal.takeSnapshot();
      gateway.close();
      for (const { connection } of ways) connection.end();
      journal.close();
    },
  };
}

type WayOptions = LiveGatewayOptions & {
  access: VenueAccess;
  index: number;
  gateway(): Gateway;
  onLost(): void;
};

/** The way to one venue and back, credentials masked on it. */
function openWay({ access, index, config, clock, timers, onProblem, ...options }: WayOptions) {
  const { name } = config.venues[index]!;
  const gateway = () => options.gateway();
  const masked = maskedWire(access.credentials, bytes => gateway().onBytes(bytes, index));
  const connection = venueConnection(access.address, {
    ...{ clock, timers, onProblem, onBytes: masked.push },
    opensNs(nowNs) {
      const { session, logOnFromNs } = gateway().state.venues[index]!;
      return Math.max(opensNs(session.config, nowNs), logOnFromNs);
    },
    onPassive(untilNs) {
      const { logOnFromNs } = gateway().state.venues[index]!;
      onProblem(`${name}: ${passiveText(config, untilNs, untilNs === logOnFromNs)}`);
    },
    onOpened() {
      masked.reset();
      gateway().onConnected(index);
    },
    onLost() {
      gateway().onDisconnected(index);
      options.onLost();
    },
  });
  return { connection, write: (bytes: Buffer) => connection.write(masked.fill(bytes)) };
}

const stallText = (why: string | undefined) =>
  why === undefined
    ? 'the log takes records again: connecting anew'
    : `STALLED, nothing is sent or cancelled until the log takes records: ${why}`;

function passiveText(
  { originNs }: GatewayConfig,
  untilNs: Nanoseconds,
  isRefused: boolean,
): string {
  if (untilNs === Number.POSITIVE_INFINITY) return 'halted, passive until it is armed';
  const why = isRefused ? 'refused the Logon' : 'outside the hours of the session';
  return `${why}, passive until ${formatUtcTimestamp(originNs, untilNs)}`;
}

/** Real credentials leave and masked ones come in; where there are none, the bytes as they are. */
function maskedWire(credentials: Credentials | undefined, push: (bytes: Uint8Array) => void) {
  if (credentials === undefined) return { push, reset() {}, fill: (bytes: Buffer) => bytes };
  const fill = (bytes: Buffer) => fillCredentials(bytes, credentials);
  return { ...maskingStream(push, credentials.password), fill };
}

/** The log, told what a crash cut off; a new one begins with the configuration. */
function openJournal(options: LiveGatewayOptions, gateway: () => Gateway) {
  const { config, logDirectory, start, clock, timers, onProblem, snapshotRecords } = options;
  const log = openLog({ directory: logDirectory, originNs: config.originNs });
  if (log.recovery !== undefined) {
    const { cutBytes, reason, file } = log.recovery;
    onProblem(`${file}: cut ${cutBytes} bytes of a torn record (${reason})`);
  }
  const encode = createGatewayEncoder();
  const isNew = log.nextOffset === 0;
  if (isNew) log.append(encode({ kind: 'start', timeNs: clock.nowNs(), config: start }));
  const layout = snapshotRecords !== undefined && !isNew ? snapshotLayout(config) : undefined;
  const begun =
    layout === undefined ? undefined : newestSnapshot(log, { logDirectory, layout, onProblem });
  if (begun !== undefined) onProblem(`goes on from the snapshot at record ${begun.offset}`);
  let appended: GatewayEvent | undefined;
  let snapshotOffset = (begun?.offset ?? 0) + (snapshotRecords ?? Number.POSITIVE_INFINITY);
  const takeSnapshot = () => {
    if (snapshotRecords === undefined) return;
    snapshotOffset = log.nextOffset + snapshotRecords;
    takeSnapshotOf(gateway(), log, { logDirectory, onProblem });
  };
  return {
    ...{ isNew, snapshot: begun?.state },
    history: () => gatewayHistory(log, begun?.offset),
    /** Once more with the same event: a flush that failed is tried again, nothing is doubled. */
    write(event: GatewayEvent) {
      if (appended !== event) log.append(encode(event));
      appended = event;
      log.flush();
      if (log.nextOffset < snapshotOffset) return;
      snapshotOffset = Number.POSITIVE_INFINITY;
      timers.at(clock.nowNs(), takeSnapshot);
    },
    takeSnapshot,
    close: () => log.close(),
  };
}

/** The events of a log that has history; its first record is the configuration. */
function* gatewayHistory(log: EmbeddedLog, fromOffset = 0): Generator<GatewayEvent> {
  const reader = new ByteReader();
  for (const { payload } of log.read(fromOffset)) {
    reader.reset(payload);
    const record = readGatewayRecord(reader);
    if (record.kind !== 'start') yield record;
  }
}
