/** One connection of an edge to its verifier: hello, heartbeats, requests and their answers. */

import {
  badFrame,
  type Clock,
  type Nanoseconds,
  OutriderError,
  type TimerHandle,
  type Timers,
} from '#engine';
import type { Frame } from '../protocol/frame.ts';
import { createFrameDecoder } from '../protocol/frame-decoder.ts';
import { decodeGoodbye } from '../protocol/goodbye.ts';
import { decodeHeartbeat, encodeHeartbeat } from '../protocol/heartbeat.ts';
import { encodeHello } from '../protocol/hello.ts';
import { decodeHelloRefusal } from '../protocol/hello-refusal.ts';
import { createFrameWriter, type FrameWriter } from '../protocol/payload.ts';
import { decodeRefusal } from '../protocol/refusal.ts';
import { encodeSpeculation } from '../protocol/request.ts';
import type { Answer, Speculation, VerifierTerms } from '../protocol/speculation.ts';
import { termsHash } from '../protocol/terms.ts';
import { decodeVerdict } from '../protocol/verdict.ts';
import { decodeWelcome, type VerifierDescription } from '../protocol/welcome.ts';
import type { Wire, WireEvents } from '../protocol/wire.ts';
import { checkVerdict, createOutstanding, type Outstanding } from './outstanding.ts';
import type { LinkSettings } from './settings.ts';

export type ConnectionEvents = {
  onWelcome(description: VerifierDescription): void;
  onAnswer(answer: Answer, receivedNs: Nanoseconds): void;
  onRoundTrip(roundTripNs: number): void;
  /** Called once; `permanent` where another try can only end the same way. */
  onEnded(error: OutriderError, permanent: boolean): void;
};

export type ConnectionPorts = {
  /** Opens the wire; what is written before it is connected is sent then. */
  openWire(events: WireEvents): Wire;
  terms: VerifierTerms;
  settings: LinkSettings;
  clock: Clock;
  timers: Timers;
  events: ConnectionEvents;
};

export type VerifierConnection = {
  send(request: Speculation): boolean;
  /** Ends it without a word; `onEnded` is not called. */
  close(): void;
};

type Connection = {
  ports: ConnectionPorts;
  wire: Wire;
  frames: FrameWriter;
  hash: bigint;
  phase: 'greeting' | 'up' | 'ended';
  outstanding: Outstanding;
  beats: number;
  /** When the pings were sent that have no pong yet, oldest first. */
  pings: Nanoseconds[];
  /** What the owner is still to be told of the chunk at hand: its errors are not the verifier's. */
  news: (() => void)[];
  /** Why the chunk at hand ends the connection. */
  ending: { error: OutriderError; permanent: boolean } | undefined;
  timer: TimerHandle | undefined;
};

export function openVerifierConnection(ports: ConnectionPorts): VerifierConnection {
  const decoder = createFrameDecoder();
  const hash = termsHash(ports.terms);
  const wire = ports.openWire({
    onBytes(chunk) {
      const receivedNs = ports.clock.nowNs();
      try {
        decoder.push(chunk, frame => takeFrame(connection, frame, receivedNs));
      } catch (error) {
        if (!(error instanceof OutriderError)) throw error;
        connection.ending ??= { error, permanent: error.code === 'protocol' };
      }
      tellNews(connection);
    },
    onClosed: reason => fail(connection, new OutriderError('network', reason), false),
  });
  const connection: Connection = {
    ...{ ports, wire, hash, frames: createFrameWriter(hash), phase: 'greeting', beats: 0 },
    ...{
      outstanding: createOutstanding(),
      pings: [],
      timer: undefined,
      news: [],
      ending: undefined,
    },
  };
  wire.write(encodeHello(connection.frames, ports.terms));
  beatLater(connection);
  return {
    send: request => sendRequest(connection, request),
    close: () => end(connection),
  };
}

function sendRequest(connection: Connection, request: Speculation): boolean {
  const { phase, outstanding, ports, frames, wire } = connection;
  if (phase !== 'up' || outstanding.count >= ports.settings.outstandingMax) return false;
  if (!wire.write(encodeSpeculation(frames, request))) return false;
  outstanding.add(request);
  return true;
}

function tellNews(connection: Connection): void {
  for (let tell = connection.news.shift(); tell; tell = connection.news.shift()) tell();
  const { ending } = connection;
  if (ending !== undefined) fail(connection, ending.error, ending.permanent);
}

function takeFrame(connection: Connection, frame: Frame, receivedNs: Nanoseconds): void {
  const { phase, hash, ports, news } = connection;
  if (phase === 'ended' || connection.ending !== undefined) return;
  if (frame.name === 'helloRefusal') {
    const { field, detail, permanent } = decodeHelloRefusal(frame);
    const message = `the verifier refused the edge's ${field}: ${detail}`;
    connection.ending = { error: new OutriderError('protocol', message), permanent };
  } else if (frame.name === 'goodbye') {
    const message = `the verifier closed the connection: ${decodeGoodbye(frame)}`;
    connection.ending = { error: new OutriderError('network', message), permanent: false };
  } else if (frame.termsHash !== hash) {
    const remedy = `this edge's terms have ${hash.toString(16)}`;
    throw badFrame(`terms hash is ${frame.termsHash.toString(16)}`, remedy);
  } else if (phase === 'up') takeUp(connection, frame, receivedNs);
  else if (frame.name === 'welcome') {
    const description = decodeWelcome(frame);
    connection.phase = 'up';
    ping(connection);
    news.push(() => ports.events.onWelcome(description));
  } else throw badFrame(`${frame.name} came before welcome`, 'begin with welcome');
}

function takeUp(connection: Connection, frame: Frame, receivedNs: Nanoseconds): void {
  const { ports, outstanding, pings, news } = connection;
  switch (frame.name) {
    case 'verdict': {
      const verdict = decodeVerdict(frame, ports.terms);
      checkVerdict(verdict, outstanding.settle(verdict.requestId));
      news.push(() => ports.events.onAnswer({ kind: 'verdict', verdict }, receivedNs));
      return;
    }
    case 'refusal': {
      const refusal = decodeRefusal(frame);
      outstanding.settle(refusal.requestId);
      news.push(() => ports.events.onAnswer({ kind: 'refusal', refusal }, receivedNs));
      return;
    }
    case 'pong': {
      const sentNs = decodeHeartbeat(frame);
      if (pings.shift() !== sentNs) throw badFrame(`sentNs is ${sentNs}`, 'echo each ping once');
      ports.events.onRoundTrip(receivedNs - sentNs);
      return;
    }
    default:
      throw badFrame(`${frame.name} came from a verifier`, 'only answers and pongs may');
  }
}

/** Counts beats rather than time: a stall of this process is no silence of the verifier. */
function beatLater(connection: Connection): void {
  const { clock, timers, settings } = connection.ports;
  connection.timer = timers.at(clock.nowNs() + settings.heartbeatNs, () => {
    const { phase, pings } = connection;
    connection.beats++;
    if (phase === 'greeting' && connection.beats >= settings.greetingBeatsMax) {
      const waitedMs = (settings.greetingBeatsMax * settings.heartbeatNs) / 1e6;
      const message = `no welcome within ${waitedMs} ms: check that a verifier runs there`;
      fail(connection, new OutriderError('network', message), false);
    } else if (phase === 'up' && pings.length >= settings.missedPongsMax) {
      const message = `${pings.length} heartbeats in a row were not answered`;
      fail(connection, new OutriderError('network', message), false);
    } else {
      if (phase === 'up') ping(connection);
      beatLater(connection);
    }
  });
}

/** A ping that the wire does not take counts as missed as well. */
function ping({ ports, pings, wire, frames }: Connection): void {
  const sentNs = ports.clock.nowNs();
  pings.push(sentNs);
  wire.write(encodeHeartbeat(frames, 'ping', sentNs));
}

function fail(connection: Connection, error: OutriderError, permanent: boolean): void {
  if (connection.phase === 'ended') return;
  end(connection);
  connection.ports.events.onEnded(error, permanent);
}

function end(connection: Connection): void {
  connection.phase = 'ended';
  connection.news.length = 0;
  connection.timer?.cancel();
  connection.wire.destroy();
}
