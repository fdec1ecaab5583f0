/** A session under arbitrary and damaged messages. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyHeader, anyMessage } from '../fix/any-message.ts';
import { encodeMessage } from '../fix/codec.ts';
import { validateMessage } from '../fix/dictionary/validate.ts';
import { formatUtcTimestamp } from '../fix/timestamp.ts';
import type { SessionEffect, SessionEvent } from './event.ts';
import { ORIGIN_NS, script } from './session-script.ts';
import type { SessionState } from './state.ts';
import { stepSession } from './step.ts';

const runs = Number(process.env.OUTRIDER_FUZZ_RUNS ?? 500);
const anyNumber = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(1_000, 2_147_483_647));

/** Messages of every type with plausible headers, some with bytes changed, some arbitrary bytes. */
const anyBytes = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(anyHeader, anyMessage, anyNumber, fc.nat(30)).map(plausible) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(anyHeader, anyMessage, anyNumber, fc.nat(30), fc.nat(200), fc.nat(255))
      .map(([header, message, number, seconds, at, byte]) => {
        const bytes = plausible([header, message, number, seconds]);
        bytes[at % bytes.length] = byte;
        return bytes;
      }),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.from(bytes)) },
);

type Plausible = [
  Parameters<typeof encodeMessage>[0],
  Parameters<typeof encodeMessage>[1],
  number,
  number,
];

function plausible([header, message, msgSeqNum, seconds]: Plausible): Buffer {
  const sendingTime = formatUtcTimestamp(ORIGIN_NS, seconds * 1e9);
  const names = { senderCompId: 'GATEWAY', targetCompId: 'VENUE' };
  return encodeMessage({ ...header, ...names, msgSeqNum, sendingTime }, message);
}

const GARBAGE = ['noise', 'bad-check-sum', 'wrong-begin-string'] as const;
const anyEvent = fc.oneof(
  { weight: 12, arbitrary: anyBytes.map(bytes => ({ kind: 'message' as const, bytes })) },
  { weight: 2, arbitrary: fc.constant({ kind: 'timer' as const }) },
  { weight: 1, arbitrary: fc.constantFrom('connected', 'disconnected', 'logout').map(kindOf) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...GARBAGE).map(reason => ({ kind: 'garbage' as const, reason })),
  },
);

function kindOf(kind: string) {
  return { kind: kind as 'connected' | 'disconnected' | 'logout' };
}

function logOn(state: SessionState): void {
  const header = { senderCompId: 'GATEWAY', targetCompId: 'VENUE', msgSeqNum: 1 };
  const sendingTime = formatUtcTimestamp(ORIGIN_NS, 0);
  const logon = { msgType: 'A', heartBtInt: 5, resetSeqNumFlag: false } as const;
  const bytes = encodeMessage({ ...header, sendingTime }, logon);
  stepSession(state, { kind: 'connected', timeNs: 0 }, []);
  stepSession(state, { kind: 'message', timeNs: 0, bytes }, []);
}

const isReject = (bytes: Uint8Array) => Buffer.from(bytes).includes('\u000135=3\u0001');
const isSentReject = (effect: SessionEffect) => effect.kind === 'send' && isReject(effect.bytes);

const echo = { validate: validateMessage, delivery: 'whole', manners: 'quickfix' } as const;
const further = { nextExpectedMsgSeqNum: true, resendRequestChunk: 2, resetOnLogout: true };

describe('a session under hostile messages', () => {
  const title =
    'never throws, delivers nothing twice, answers no Reject, and stays within its bounds';

  it.each([{}, echo, { ...echo, ...further }])(`${title}: %o`, given => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60, size: 'max' }), events => {
        const bounds = { gapQueueBytesMax: 5_000, resendMessagesPerStep: 4 };
        const { state } = script('acceptor', { ...bounds, ...given });
        logOn(state);
        let deliveredThrough = 0;
        for (const [index, event] of events.entries()) {
          const effects: SessionEffect[] = [];
          const before = state.store.nextTargetSeq();
          const hadGap = state.gap !== undefined;
          stepSession(state, { ...event, timeNs: index * 5e8 } as SessionEvent, effects);
          if (state.store.nextTargetSeq() < before) deliveredThrough = 0;
          for (const effect of effects) {
            if (effect.kind !== 'deliver' && effect.kind !== 'deliver-whole') continue;
            expect(effect.header.msgSeqNum).toBeGreaterThan(deliveredThrough);
            deliveredThrough = effect.header.msgSeqNum;
          }
          if (event.kind === 'message' && isReject(event.bytes) && !hadGap) {
            if (state.status === 'active') expect(effects.filter(isSentReject)).toEqual([]);
          }
          expect(state.gap?.queuedBytes ?? 0).toBeLessThanOrEqual(5_000);
        }
      }),
      { numRuns: runs },
    );
  });

  it('outlives a refused message in a gap, and once more the one that waited behind it', () => {
    const { state } = script('acceptor', { ...echo, ...further });
    logOn(state);
    const header = { senderCompId: 'GATEWAY', targetCompId: 'VENUE' };
    const sendingTime = formatUtcTimestamp(ORIGIN_NS, 0);
    const later = { origSendingTime: formatUtcTimestamp(ORIGIN_NS, 1e6) };
    const logon = { msgType: 'A', heartBtInt: 0, resetSeqNumFlag: false } as const;
    for (const bytes of [
      encodeMessage({ ...header, sendingTime, msgSeqNum: 3 }, { msgType: '1', testReqId: 'T' }),
      encodeMessage({ ...header, sendingTime, ...later, msgSeqNum: 2 }, logon),
      encodeMessage({ ...header, sendingTime, msgSeqNum: 3 }, { msgType: '0' }),
    ]) {
      stepSession(state, { kind: 'message', timeNs: 0, bytes }, []);
    }
    expect(state).toMatchObject({ status: 'logout-sent', gap: undefined });
  });
});
