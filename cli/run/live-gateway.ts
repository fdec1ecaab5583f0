/** The gateway of a live run: its log on disk, its FIX sessions over TCP, back by themselves. */
import type { Clock, Disk, EmbeddedLog, Nanoseconds, Timers } from '#engine';
import {
  type Credentials,
  chainOf,
  continueGateway,
  createGateway,
  type FixAddress,
  fillCredentials,
  formatUtcTimestamp,
  type Gateway,
  type GatewayConfig,
  type GatewayEffects,
  type GatewayPorts,
  type GatewayState,
  maskingStream,
  type OperatorOutcome,
  opensNs,
  quoteIntervals,
  type StepProbe,
  type Stepped,
} from '#gateway';
import type { Address } from '../commands/address.ts';
import { followRates, type RatesFollower } from './follow-rates.ts';
import { followVenueFeed, type VenueFeedFollower } from './follow-venue-feed.ts';
import { openJournal } from './gateway-journal.ts';
import { venueConnection } from './venue-connection.ts';

/** Where a venue of the configuration is to be reached. */
export type VenueAccess = {
  address: FixAddress;
  /** Of the Logon: filled in on the wire alone, where the session's own are masked. */
  credentials?: Credentials | undefined;
  /** Of its own quotes. */
  feed?: Address | undefined;
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
  /** An operator's answer, once the command is where it must be. */
  onOutcome?(outcome: OperatorOutcome): void;
  onProblem(text: string): void;
  /** Why the log takes nothing; undefined once it does again. */
  onStall?(why: string | undefined): void;
  probe: StepProbe;
  /** Where the log lies; this machine's unless given. */
  disk?: Disk | undefined;
  /** Between two snapshots beside the log, of which a start takes the newest; undefined: none. */
  snapshotRecords?: number | undefined;
  /** A log that another keeps open, and what was stepped of it; undefined: opened and stepped. */
  continued?: { log: EmbeddedLog; stepped: Stepped } | undefined;
  /** Who lets outputs leave once a standby has their records; undefined: they leave at once. */
  hold?: OutputHold | undefined;
};

/** What waits for its record to be where it must be: for a venue, or for an operator. */
export type GatewayOutput =
  | { kind: 'bytes'; venue: number; bytes: Buffer }
  | { kind: 'disconnect'; venue: number; reason: string }
  | { kind: 'outcome'; outcome: OperatorOutcome };

export type OutputHold = {
  appended(offset: number, payload: Uint8Array): void;
  /** Gives it to `LiveGateway.release` once it may leave. */
  output(output: GatewayOutput, bytes: number): void;
  /** Everything appended was stepped; hash over all bytes that it made. */
  stepped: ((hash: string) => void) | undefined;
};

export type LiveGateway = {
  readonly gateway: Gateway;
  /**
   * Connects to each venue, and again whenever its connection is lost, until `close` or `pause`.
   * `isTakeover`: another gateway was connected until now.
   */
  connect(isTakeover?: boolean): void;
  /** Closes the connections to the venues until `connect` is called. */
  pause(): void;
  /** What a hold let go. */
  release(output: GatewayOutput): void;
  /** Cancels what works, logs out, and resolves when all have answered or had their time. */
  stop(withinNs: number): Promise<void>;
  close(): void;
};

export function startGateway(options: LiveGatewayOptions): LiveGateway {
  const { clock, timers, config } = options;
  const journal = openJournal(options, () => gateway);
  let isClosing = false;
  let onIdle = () => {};
  const ways = options.venues.map((access, index) =>
    openWay({ ...options, access, index, gateway: () => gateway, onLost: () => onIdle() }),
  );
  const release = releasing(options, { ways, isClosing: () => isClosing });
  const { onPosition, onEffects, probe, continued, hold = notHeld(release) } = options;
  const ports: GatewayPorts = {
    ...{ clock, timers, onPosition, probe, journal: journal.write },
    ...{ snapshot: journal.snapshot, onStall: why => stalled(options, why) },
    ...holding(hold, { onEffects, state: () => gateway.state }),
  };
  const gateway: Gateway = continued
    ? continueGateway(continued.stepped, ports)
    : createGateway(config, ports, journal.history());
  if (!continued && !journal.isNew) gateway.restart();
  const followers = [...ratesOf(options, gateway), ...feedsOf(options, gateway)];
  const isOpen = () => ways.some(({ connection }) => connection.isOpen);
  const noFurtherTry = () => {
    isClosing = true;
    for (const { connection } of ways) connection.close();
  };

  return {
    gateway,
    connect: isTakeover => ways.forEach(way => void way.connection.open(isTakeover)),
    pause: () => ways.forEach(way => void way.connection.pause()),
    release,
    async stop(withinNs) {
      noFurtherTry();
      // Without a connection too: the log then ends as that of a gateway which was stopped.
      gateway.command('stop');
      if (!isOpen()) return;
      const idle = Promise.withResolvers<void>();
      onIdle = () => void (isOpen() || idle.resolve());
      await within(idle.promise, { clock, timers, ns: withinNs });
    },
    close() {
      noFurtherTry();
      for (const each of followers) each.close();
      // One that has not answered the Logout is left all the same: whoever follows reads an end.
      for (const [venue, { connection }] of ways.entries()) {
        if (connection.isOpen) gateway.onDisconnected(venue);
      }
      journal.takeSnapshot();
      gateway.close();
      for (const { connection } of ways) connection.end();
      journal.close();
    },
  };
}

function ratesOf(
  { config, clock, timers, onProblem }: LiveGatewayOptions,
  { onRate }: Gateway,
): RatesFollower[] {
  const file = config.money?.currencies.ratesFile;
  return file === undefined ? [] : [followRates(file, { clock, timers, onProblem, onRate })];
}

/** Of venues that have a feed, where a strategy needs quotes. */
function feedsOf(
  { config, venues, clock, timers, onProblem }: LiveGatewayOptions,
  { onQuote }: Gateway,
): VenueFeedFollower[] {
  const on = { clock, timers, onProblem, onQuote };
  if (quoteIntervals(config).every(ns => ns === 0)) return [];
  return venues.flatMap(({ feed }, venue) =>
    feed === undefined ? [] : [followVenueFeed(feed, { config, venue, ...on })],
  );
}

/** Until then, or for so long. */
async function within(
  done: Promise<void>,
  { clock, timers, ns }: { clock: Clock; timers: Timers; ns: Nanoseconds },
): Promise<void> {
  const late = Promise.withResolvers<void>();
  const deadline = timers.at(clock.nowNs() + ns, late.resolve);
  await Promise.race([done, late.promise]);
  deadline.cancel();
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

function stalled({ onProblem, onStall }: LiveGatewayOptions, why: string | undefined): void {
  onProblem(
    why === undefined
      ? 'the log takes records again: connecting anew'
      : `STALLED, nothing is sent or cancelled until the log takes records: ${why}`,
  );
  onStall?.(why);
}

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

/** Brings an output to where it belongs. */
function releasing(
  { config, onSent, onProblem, onOutcome }: LiveGatewayOptions,
  { ways, isClosing }: { ways: readonly ReturnType<typeof openWay>[]; isClosing(): boolean },
): LiveGateway['release'] {
  return output => {
    switch (output.kind) {
      case 'bytes':
        ways[output.venue]!.write(output.bytes);
        onSent(output.bytes, output.venue);
        break;
      case 'disconnect':
        if (!isClosing()) onProblem(`${config.venues[output.venue]!.name}: ${output.reason}`);
        ways[output.venue]!.connection.end();
        break;
      case 'outcome':
        onOutcome?.(output.outcome);
        break;
    }
  };
}

/** Outputs of a gateway without a standby. */
const notHeld = (release: (output: GatewayOutput) => void): OutputHold => ({
  ...{ appended() {}, output: release, stepped: undefined },
});

/** Bytes a standby compares with its own are hashed each time so many messages have left. */
const COMPARED_MESSAGES = 64;

/** Ports that leave it to a hold when outputs leave; it compares them where somebody can. */
function holding(
  hold: OutputHold,
  { onEffects, state }: Pick<LiveGatewayOptions, 'onEffects'> & { state(): GatewayState },
): Pick<GatewayPorts, 'send' | 'disconnect' | 'onEffects'> {
  let compared = 0;
  return {
    send: (bytes, venue) => hold.output({ kind: 'bytes', venue, bytes }, bytes.length),
    disconnect: (reason, venue) => hold.output({ kind: 'disconnect', venue, reason }, 0),
    onEffects(effects, timeNs) {
      const { messages } = state().outputChain;
      if (hold.stepped && messages >= compared + COMPARED_MESSAGES) {
        compared = messages;
        hold.stepped(chainOf(state()).tip);
      }
      onEffects(effects, timeNs);
      for (const outcome of effects.outcomes) hold.output({ kind: 'outcome', outcome }, 0);
    },
  };
}
