/** The edge's link to its verifier: connects, notices a loss, and connects again by itself. */

import { connect } from 'node:net';
import {
  type Clock,
  LOOPBACK_HOST,
  type Nanoseconds,
  OutriderError,
  type TimerHandle,
  type Timers,
} from '#engine';
import type { Answer, VerifierLink, VerifierTerms } from '../protocol/speculation.ts';
import { checkTerms } from '../protocol/terms.ts';
import type { VerifierDescription } from '../protocol/welcome.ts';
import { tcpWire } from '../protocol/wire.ts';
import { type BackOff, createBackOff } from './back-off.ts';
import { openVerifierConnection, type VerifierConnection } from './connection.ts';
import { LINK_SETTINGS, type LinkSettings } from './settings.ts';

/** After `up` the verifier knows no context: the next request of each instrument sends it whole. */
export type LinkChange =
  | { state: 'up'; description: VerifierDescription }
  | {
      state: 'down';
      /** Code `network`, `protocol` or `bad-frame`; names host and port. */
      error: OutriderError;
      /** True where the link will not try again: the terms differ, or the version. */
      permanent: boolean;
    };

export type ConnectVerifierOptions = {
  /** Loopback unless given. */
  host?: string;
  port: number;
  terms: VerifierTerms;
  clock: Clock;
  timers: Timers;
  settings?: Partial<LinkSettings>;
  /** `receivedNs`: when its last bytes were read. Requests of a lost link get no answer. */
  onAnswer(answer: Answer, receivedNs: Nanoseconds): void;
  /** Told of each change, and of each new reason why the link stays down. */
  onState(change: LinkChange): void;
};

export type ConnectedVerifier = VerifierLink & {
  /** Smoothed round trip of the heartbeats, waiting at the verifier included; unknown at first. */
  readonly roundTripNs: number | undefined;
  /** Ends the link and every further try; nothing is called afterwards. */
  close(): void;
};

type Link = {
  options: ConnectVerifierOptions;
  host: string;
  settings: LinkSettings;
  backOff: BackOff;
  connection: VerifierConnection | undefined;
  upSinceNs: Nanoseconds | undefined;
  roundTripNs: number | undefined;
  retry: TimerHandle | undefined;
  /** Why it was down when last told; a reason that stays the same is not told again. */
  lastReason: string;
};

/** Throws where the terms or the port are out of their bounds; all else is told by `onState`. */
export function connectVerifier(options: ConnectVerifierOptions): ConnectedVerifier {
  checkTerms(options.terms);
  checkPort(options.port);
  const settings = { ...LINK_SETTINGS, ...options.settings };
  const link: Link = {
    ...{ options, host: options.host ?? LOOPBACK_HOST, settings },
    ...{ backOff: createBackOff(settings), connection: undefined, upSinceNs: undefined },
    ...{ roundTripNs: undefined, retry: undefined, lastReason: '' },
  };
  open(link);
  return {
    send: request => link.connection?.send(request) ?? false,
    get state() {
      return link.upSinceNs === undefined ? 'down' : 'up';
    },
    get roundTripNs() {
      return link.roundTripNs;
    },
    close() {
      link.retry?.cancel();
      link.connection?.close();
      link.connection = undefined;
      link.upSinceNs = undefined;
    },
  };
}

function open(link: Link): void {
  const { options, host, settings } = link;
  const { port, terms, clock, timers } = options;
  const { unsentBytesMax } = settings;
  link.connection = openVerifierConnection({
    ...{ terms, settings, clock, timers },
    openWire: events => tcpWire(connect({ host, port }), { events, unsentBytesMax, clock, timers }),
    events: {
      onAnswer: options.onAnswer,
      onEnded: (cause, permanent) => onEnded(link, cause, permanent),
      onWelcome(description) {
        link.upSinceNs = clock.nowNs();
        link.lastReason = '';
        options.onState({ state: 'up', description });
      },
      onRoundTrip(measuredNs) {
        link.roundTripNs = smoothed(link.roundTripNs, measuredNs);
      },
    },
  });
}

function onEnded(link: Link, cause: OutriderError, permanent: boolean): void {
  const { options, settings, backOff, upSinceNs } = link;
  const nowNs = options.clock.nowNs();
  if (upSinceNs !== undefined && nowNs - upSinceNs >= settings.steadyNs) backOff.restart();
  link.upSinceNs = undefined;
  link.roundTripNs = undefined;
  link.connection = undefined;
  if (!permanent) link.retry = options.timers.at(nowNs + backOff.nextNs(), () => open(link));
  const message = `verifier ${link.host}:${options.port}: ${cause.message}`;
  if (upSinceNs === undefined && message === link.lastReason) return;
  link.lastReason = message;
  const error = new OutriderError(cause.code, message, { cause });
  options.onState({ state: 'down', error, permanent });
}

function checkPort(port: number): void {
  if (Number.isInteger(port) && port > 0 && port < 65_536) return;
  throw new OutriderError('bad-config', `port ${port}: use an integer from 1 to 65535`);
}

/** One eighth of each new measurement, as TCP smooths its own (RFC 6298). */
function smoothed(estimateNs: number | undefined, measuredNs: number): number {
  if (estimateNs === undefined) return measuredNs;
  return Math.round(estimateNs + (measuredNs - estimateNs) / 8);
}
