/** One edge's connection at the verifier: hello, heartbeats and requests until a side closes. */

import {
  badFrame,
  type Clock,
  type Nanoseconds,
  OutriderError,
  type TimerHandle,
  type Timers,
} from '#engine';
import type { Frame } from '../protocol/frame.ts';
import { createFrameDecoder, type FrameDecoder } from '../protocol/frame-decoder.ts';
import { encodeGoodbye } from '../protocol/goodbye.ts';
import { decodeHeartbeat, encodeHeartbeat } from '../protocol/heartbeat.ts';
import { decodeHello } from '../protocol/hello.ts';
import { encodeHelloRefusal, type HelloRefusal } from '../protocol/hello-refusal.ts';
import { createFrameWriter, type FrameWriter } from '../protocol/payload.ts';
import { encodeRefusal } from '../protocol/refusal.ts';
import { decodeSpeculation, requestIdOf } from '../protocol/request.ts';
import type { Answer, VerifierTerms } from '../protocol/speculation.ts';
import { termsHash } from '../protocol/terms.ts';
import { encodeVerdict } from '../protocol/verdict.ts';
import { encodeWelcome, type VerifierDescription } from '../protocol/welcome.ts';
import type { Wire, WireEvents } from '../protocol/wire.ts';
import type { Lane, Schedule } from '../schedule/schedule.ts';
import type { Verify } from '../schedule/verify.ts';
import type { ServerCounters } from './counters.ts';
import { differenceOf } from './greeting.ts';
import type { ServerLimits } from './limits.ts';

export type EdgeConnectionPorts = {
  /** Opens the wire; its events may come from then on. */
  openWire(events: WireEvents): Wire;
  createSession(terms: VerifierTerms): Verify;
  description: VerifierDescription;
  schedule: Schedule;
  limits: ServerLimits;
  counters: ServerCounters;
  clock: Clock;
  timers: Timers;
  /** False where as many edges as may be are connected. */
  hasRoom: boolean;
  onClosed(reason: string): void;
};

export type EdgeConnection = {
  /** Tells the edge why, and closes. */
  close(detail: string): void;
};

type Agreed = { terms: VerifierTerms; hash: bigint; lane: Lane };

type Connection = {
  ports: EdgeConnectionPorts;
  wire: Wire;
  decoder: FrameDecoder;
  frames: FrameWriter;
  agreed: Agreed | undefined;
  lastRequestId: number;
  badRequests: number;
  quietLooks: number;
  watch: TimerHandle | undefined;
  /** Why it was closed from here. */
  closing: string | undefined;
};

export function openEdgeConnection(ports: EdgeConnectionPorts): EdgeConnection {
  const wire = ports.openWire({
    onBytes: chunk => takeBytes(connection, chunk),
    onClosed: reason => {
      leave(connection);
      ports.onClosed(connection.closing ?? reason);
    },
  });
  const connection: Connection = {
    ...{ ports, wire, decoder: createFrameDecoder(), frames: createFrameWriter(0n) },
    ...{ agreed: undefined, lastRequestId: -1, badRequests: 0, quietLooks: 0 },
    ...{ watch: undefined, closing: undefined },
  };
  ports.counters.connectionsTaken++;
  if (ports.hasRoom) watchForQuiet(connection);
  else {
    const detail = `connections: ${ports.limits.connectionsMax} edges are connected already`;
    refuseHello(connection, { field: 'connections', detail, permanent: false });
  }
  return { close: detail => sayGoodbye(connection, detail) };
}

function takeBytes(connection: Connection, chunk: Uint8Array): void {
  const receivedNs = connection.ports.clock.nowNs();
  try {
    connection.decoder.push(chunk, frame => {
      connection.quietLooks = 0;
      if (connection.closing === undefined) takeFrame(connection, frame, receivedNs);
    });
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    connection.ports.counters.badFrames++;
    if (connection.agreed !== undefined) sayGoodbye(connection, error.message);
    else {
      const field = error.code === 'protocol' ? 'version' : 'terms';
      refuseHello(connection, { field, detail: error.message, permanent: true });
    }
  }
}

function takeFrame(connection: Connection, frame: Frame, receivedNs: Nanoseconds): void {
  const { agreed } = connection;
  if (agreed === undefined) {
    if (frame.name === 'hello') takeHello(connection, frame);
    else throw badFrame(`${frame.name} came before hello`, 'begin with hello');
    return;
  }
  if (frame.termsHash !== agreed.hash) {
    const remedy = 'open a new connection for other terms';
    throw badFrame(`terms hash is ${frame.termsHash.toString(16)}`, remedy);
  }
  switch (frame.name) {
    case 'speculation':
      takeRequest(connection, agreed, { frame, receivedNs });
      return;
    case 'ping':
      send(connection, encodeHeartbeat(connection.frames, 'pong', decodeHeartbeat(frame)));
      return;
    default:
      throw badFrame(`${frame.name} came from an edge`, 'only requests and pings may');
  }
}

function takeHello(connection: Connection, frame: Frame): void {
  const { description, createSession, schedule } = connection.ports;
  const terms = decodeHello(frame);
  const hash = termsHash(terms);
  if (hash !== frame.termsHash) {
    throw badFrame(`terms hash is ${frame.termsHash.toString(16)}`, `these terms have ${hash}`);
  }
  connection.frames = createFrameWriter(hash);
  const difference = differenceOf(terms, description);
  if (difference !== undefined) {
    refuseHello(connection, difference);
    return;
  }
  let verify: Verify;
  try {
    verify = createSession(terms);
  } catch (error) {
    const isKnown = error instanceof OutriderError;
    const detail = isKnown ? error.message : `the session could not be opened: ${error}`;
    const permanent = isKnown && error.code !== 'limit';
    refuseHello(connection, { field: 'session', detail, permanent });
    return;
  }
  const lane = schedule.join({
    verify,
    answer: answer => sendAnswer(connection, answer),
    failed: cause => sayGoodbye(connection, `the session failed: ${cause}`),
  });
  connection.agreed = { terms, hash, lane };
  send(connection, encodeWelcome(connection.frames, description));
}

/** A request that is no valid one is refused; a peer that keeps sending such is dropped. */
function takeRequest(
  connection: Connection,
  { terms, lane }: Agreed,
  { frame, receivedNs }: { frame: Frame; receivedNs: Nanoseconds },
): void {
  const { counters, limits } = connection.ports;
  counters.requests++;
  try {
    const request = decodeSpeculation(frame, terms);
    if (request.requestId <= connection.lastRequestId) {
      const remedy = `count up from ${connection.lastRequestId}`;
      throw badFrame(`requestId is ${request.requestId}`, remedy);
    }
    connection.lastRequestId = request.requestId;
    lane.offer(request, receivedNs);
  } catch (error) {
    const requestId = requestIdOf(frame);
    if (!(error instanceof OutriderError) || requestId === undefined) throw error;
    counters.badRequests++;
    if (++connection.badRequests > limits.badRequestsMax) throw error;
    const refusal = { requestId, reason: 'bad-request', detail: error.message } as const;
    send(connection, encodeRefusal(connection.frames, refusal));
  }
}

function sendAnswer(connection: Connection, answer: Answer): void {
  const { frames } = connection;
  switch (answer.kind) {
    case 'verdict':
      send(connection, encodeVerdict(frames, answer.verdict));
      return;
    case 'refusal':
      send(connection, encodeRefusal(frames, answer.refusal));
      return;
  }
}

function send(connection: Connection, frame: Uint8Array): void {
  if (connection.closing !== undefined || connection.wire.write(frame)) return;
  const { counters, limits } = connection.ports;
  counters.unread++;
  connection.closing = `the edge left more than ${limits.unsentBytesMax} bytes unread`;
  leave(connection);
  connection.wire.destroy();
}

/** Counts looks rather than time: a stall of this process is no silence of the edge. */
function watchForQuiet(connection: Connection): void {
  const { clock, timers, limits, counters } = connection.ports;
  connection.watch = timers.at(clock.nowNs() + limits.watchNs, () => {
    if (++connection.quietLooks <= limits.quietLooksMax) {
      watchForQuiet(connection);
      return;
    }
    counters.quiet++;
    const quietMs = (limits.quietLooksMax * limits.watchNs) / 1e6;
    sayGoodbye(connection, `no whole frame came for ${quietMs} ms`);
  });
}

function refuseHello(connection: Connection, refusal: HelloRefusal): void {
  const { hellosRefused } = connection.ports.counters;
  hellosRefused[refusal.field] = (hellosRefused[refusal.field] ?? 0) + 1;
  end(connection, refusal.detail, encodeHelloRefusal(connection.frames, refusal));
}

function sayGoodbye(connection: Connection, detail: string): void {
  end(connection, detail, encodeGoodbye(connection.frames, detail));
}

function end(connection: Connection, detail: string, lastFrame: Uint8Array): void {
  if (connection.closing !== undefined) return;
  connection.closing = detail;
  leave(connection);
  connection.wire.end(lastFrame);
}

function leave(connection: Connection): void {
  connection.watch?.cancel();
  connection.agreed?.lane.leave();
}
