/** A desk whose session has hours: an order outside them would reach no one, or the wrong day. */
import { expect, it } from 'vitest';
import { SECOND_NS, type VirtualTime, virtualTime } from '#engine';
import type { GatewayEvent } from './event.ts';
import { createGateway, createReplay, type Gateway } from './gateway.ts';
import { CONFIG, replayedBytes, START_NS, signalAt } from './paper-world.ts';
import { acknowledgement } from './session/acknowledging-acceptor.ts';
import { sessionConfig } from './session/config.ts';
import { connectSession, type SessionConnection, type WireHandler } from './session/connection.ts';
import { memoryStore } from './session/memory-store.ts';
import { opensNs } from './session/period.ts';
import { newSession } from './session/state.ts';
import type { GatewayConfig } from './state.ts';
import type { VenueTerms } from './venue-terms.ts';

const HOUR_NS = 3_600 * SECOND_NS;
/** The paper world begins on a Friday at ten, UTC: at six in New York, in summer. */
const schedule = {
  ...{ timeZone: 'America/New_York', startSeconds: 5 * 3_600, endSeconds: 7 * 3_600 },
  weekdays: [1, 2, 3, 4, 5],
};
const END_NS = START_NS + HOUR_NS;
const MONDAY_NS = START_NS + 71 * HOUR_NS;
const VENUE: VenueTerms = { ...CONFIG.venues[0]!, session: { schedule } };
const SCHEDULED: GatewayConfig = { ...CONFIG, venues: [VENUE] };

/** An acceptor with the same hours that takes every order. */
function venueOf(time: VirtualTime): SessionConnection {
  const { originNs } = SCHEDULED;
  const { senderCompId: targetCompId, targetCompId: senderCompId } = VENUE;
  const agreed = { role: 'acceptor', originNs, senderCompId, targetCompId, schedule } as const;
  const venue: SessionConnection = connectSession(
    newSession(sessionConfig(agreed), memoryStore()),
    {
      ...{ clock: time, timers: time, onDisconnect() {} },
      onNotice(notice) {
        if (notice.kind !== 'deliver' || notice.message.msgType !== 'D') return;
        venue.send(acknowledgement(notice.message));
      },
    },
  );
  return venue;
}

function deskWorld() {
  const time = virtualTime(START_NS);
  const venue = venueOf(time);
  const [log, sent, ends]: [GatewayEvent[], Buffer[], string[]] = [[], [], []];
  let wire: WireHandler | undefined;
  const later = (callback: () => void) => time.at(time.nowNs() + 1_000_000, callback);
  const cut = () => {
    const ending = wire;
    wire = undefined;
    ending?.onClose();
    if (ending !== undefined) gateway.onDisconnected();
  };
  const gateway: Gateway = createGateway(SCHEDULED, {
    ...{ clock: time, timers: time, onPosition() {}, onEffects() {} },
    journal: event => log.push(event),
    send(bytes) {
      sent.push(bytes);
      later(() => wire?.onBytes(bytes));
    },
    disconnect(reason) {
      ends.push(reason);
      later(cut);
    },
  });
  return {
    ...{ time, log, sent, ends, gateway },
    connect() {
      const write = (bytes: Uint8Array) => later(() => gateway.onBytes(bytes));
      wire = venue.opened({ write, end: () => later(cut) });
      gateway.onConnected();
    },
    signal: (limitIncrements: number, instrument = 0) =>
      gateway.onSignal(signalAt(time.nowNs(), { limitIncrements, instrument })),
    /** MsgType and MsgSeqNum of what was sent since there were `from`. */
    said: (from = 0) =>
      sent
        .slice(from)
        .map(bytes => bytes.toString().split('\u0001'))
        .map(fields => fields.slice(2, 4).join(' ')),
  };
}

it('trades until its hours are over, says so, and begins at 1 in the next ones', () => {
  const { time, gateway, connect, signal, said, sent, ends, log } = deskWorld();
  const refused = () => gateway.state.counts.refused;
  const other = 1;
  // Before the timer of that very moment, so that the session is still logged on.
  time.at(END_NS, () => signal(99_990, other));
  connect();
  time.advanceTo(START_NS + SECOND_NS);
  signal(99_990);
  time.advanceTo(START_NS + 2 * SECOND_NS);
  expect(said()).toEqual(['35=A 34=1', '35=D 34=2']);
  time.advanceTo(END_NS - 1);
  expect(opensNs(gateway.state.venues[0]!.session.config, time.nowNs())).toBe(END_NS - 1);
  signal(99_991);
  expect(said().at(-1)).toMatch('35=G');
  expect(refused()).toEqual({});
  const before = sent.length;
  time.advanceTo(END_NS);
  expect(said(before)).toEqual([expect.stringMatching('35=5')]);
  expect(refused()).toEqual({ 'session-hours': 1 });
  expect(sent.at(-1)!.toString()).toContain('58=The hours of the session are over');
  time.advanceTo(END_NS + SECOND_NS);
  expect([ends, gateway.state.venues[0]!.isLoggedOn]).toEqual([
    [expect.stringMatching('logged-out')],
    false,
  ]);
  time.advanceTo(MONDAY_NS - 1);
  expect(opensNs(gateway.state.venues[0]!.session.config, time.nowNs())).toBe(MONDAY_NS);
  connect();
  time.advanceTo(MONDAY_NS + SECOND_NS);
  expect(ends.at(-1)).toBe('outside-schedule Not within the hours of the session');
  expect(said(before)).toHaveLength(1);
  connect();
  time.advanceTo(MONDAY_NS + 2 * SECOND_NS);
  expect(said(before + 1)).toEqual(['35=A 34=1', '35=H 34=2']);
  expect(refused()).toEqual({ 'session-hours': 1, 'tick-age': 1 });
  const replay = createReplay(SCHEDULED);
  expect(replayedBytes(replay, log)).toEqual(Buffer.concat(sent));
  expect(replay.state.venues[0]!.session.store.nextSenderSeq()).toBe(3);
});

it('refuses by name what is wished for outside them, and sends none of it later', () => {
  const { time, gateway, connect, signal, said } = deskWorld();
  const refused = () => gateway.state.counts.refused;
  time.advanceTo(END_NS - 1);
  signal(99_990);
  expect(refused()).toEqual({});
  time.advanceTo(END_NS);
  signal(99_990);
  expect(refused()).toEqual({ 'session-hours': 1 });
  time.advanceTo(MONDAY_NS);
  connect();
  time.advanceTo(MONDAY_NS + SECOND_NS);
  expect(said()).toEqual(['35=A 34=1']);
  expect(refused()).toEqual({ 'session-hours': 1, 'tick-age': 1 });
  signal(99_990);
  expect(said()).toEqual(['35=A 34=1', '35=D 34=2']);
});
