/** The gateway of a live run: its input log on disk, its FIX session over TCP, back by itself. */
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
} from '#gateway';
import { venueConnection } from './venue-connection.ts';

export type LiveGatewayOptions = {
  config: GatewayConfig;
  /** Configuration as the log's first record carries it. */
  start: string;
  logDirectory: string;
  venue: FixAddress;
  /** Of the Logon: filled in on the wire alone, where the session's own are masked. */
  credentials?: Credentials | undefined;
  clock: Clock;
  timers: Timers;
  onSent(bytes: Uint8Array): void;
  onPosition(instrument: number, positionLots: number): void;
  onEffects(effects: GatewayEffects, timeNs: number): void;
  onProblem(text: string): void;
  probe: StepProbe;
};

export type LiveGateway = {
  readonly gateway: Gateway;
  /** Connects to the venue, and again whenever the connection is lost, until `close`. */
  connect(): void;
  /** Cancels what works, logs out, and resolves when the venue has answered or had its time. */
  stop(withinNs: number): Promise<void>;
  close(): void;
};

export function startGateway(options: LiveGatewayOptions): LiveGateway {
  const { clock, timers, config, onProblem, credentials } = options;
  const journal = openJournal(options);
  let isClosing = false;
  let onIdle = () => {};

  const masked = maskedWire(credentials, bytes => gateway.onBytes(bytes));
  const venue = venueConnection(options.venue, {
    ...{ clock, timers, onProblem, onBytes: masked.push },
    opensNs: nowNs => opensNs(gateway.state.session.config, nowNs),
    onPassive: untilNs => onProblem(passiveText(config, untilNs)),
    onOpened() {
      masked.reset();
      gateway.onConnected();
    },
    onLost() {
      gateway.onDisconnected();
      onIdle();
    },
  });
  const { onPosition, onEffects, probe } = options;
  const ports: GatewayPorts = {
    ...{ clock, timers, onPosition, onEffects, probe, journal: journal.write },
    send(bytes) {
      venue.write(masked.fill(bytes));
      options.onSent(bytes);
    },
    disconnect(reason) {
      if (!isClosing) onProblem(`venue: ${reason}`);
      venue.end();
    },
  };
  const gateway: Gateway = createGateway(config, ports, journal.history());
  if (!journal.isNew) gateway.restart();

  return {
    gateway,
    connect: () => venue.open(),
    async stop(withinNs) {
      isClosing = true;
      venue.close();
      if (!venue.isOpen) return;
      gateway.command('stop');
      const idle = Promise.withResolvers<void>();
      onIdle = idle.resolve;
      const deadline = timers.at(clock.nowNs() + withinNs, idle.resolve);
      await idle.promise;
      deadline.cancel();
    },
    close() {
      isClosing = true;
      venue.close();
      gateway.close();
      venue.end();
      journal.close();
    },
  };
}

function passiveText({ originNs }: GatewayConfig, untilNs: Nanoseconds): string {
  const until = formatUtcTimestamp(originNs, untilNs);
  return `venue: outside the hours of the session, passive until ${until}`;
}

/** Real credentials leave and masked ones come in; where there are none, the bytes as they are. */
function maskedWire(credentials: Credentials | undefined, push: (bytes: Uint8Array) => void) {
  if (credentials === undefined) return { push, reset() {}, fill: (bytes: Buffer) => bytes };
  const fill = (bytes: Buffer) => fillCredentials(bytes, credentials);
  return { ...maskingStream(push, credentials.password), fill };
}

/** The log, told what a crash cut off; a new one begins with the configuration. */
function openJournal({ config, logDirectory, start, clock, onProblem }: LiveGatewayOptions) {
  const log = openLog({ directory: logDirectory, originNs: config.originNs });
  if (log.recovery !== undefined) {
    const { cutBytes, reason, file } = log.recovery;
    onProblem(`${file}: cut ${cutBytes} bytes of a torn record (${reason})`);
  }
  const encode = createGatewayEncoder();
  const isNew = log.nextOffset === 0;
  if (isNew) log.append(encode({ kind: 'start', timeNs: clock.nowNs(), config: start }));
  return {
    isNew,
    history: () => gatewayHistory(log),
    write(event: GatewayEvent) {
      log.append(encode(event));
      log.flush();
    },
    close: () => log.close(),
  };
}

/** The events of a log that has history; its first record is the configuration. */
function* gatewayHistory(log: EmbeddedLog): Generator<GatewayEvent> {
  const reader = new ByteReader();
  for (const { payload } of log.read(0)) {
    reader.reset(payload);
    const record = readGatewayRecord(reader);
    if (record.kind !== 'start') yield record;
  }
}
