/** Versions of step: a log that gave other bytes after an upgrade would prove nothing any more. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ByteReader, MILLISECOND_NS, SECOND_NS } from '#engine';
import { chainOf } from './chain/output-chain.ts';
import type { GatewayEvent } from './event.ts';
import { encodeMessage } from './fix/codec.ts';
import { formatUtcTimestamp } from './fix/timestamp.ts';
import { createReplay } from './gateway.ts';
import { CONFIG, replayedBytes, START_NS } from './paper-world.ts';
import { readGatewayRecord } from './record.ts';
import { STEP_VERSIONS } from './step-version.ts';

/** A host that connects every 200 ms to a venue that says no each time, for so many seconds. */
function refusedFor(seconds: number, fromNs = START_NS, firstNumber = 1): GatewayEvent[] {
  const events: GatewayEvent[] = [];
  let number = firstNumber;
  for (let timeNs = fromNs; timeNs < fromNs + seconds * SECOND_NS; timeNs += 200 * MILLISECOND_NS) {
    const bytes = encodeMessage(
      {
        ...{ msgSeqNum: number++, senderCompId: 'VENUE', targetCompId: 'GATEWAY' },
        sendingTime: formatUtcTimestamp(CONFIG.originNs, timeNs),
      },
      { msgType: '5', text: 'Password is not right' },
    );
    events.push({ kind: 'connected', timeNs, venue: 0 });
    events.push({ kind: 'inbound', timeNs, venue: 0, bytes });
    events.push({ kind: 'disconnected', timeNs, venue: 0 });
  }
  return events;
}

function logonsOf(version: number, events: readonly GatewayEvent[]): number {
  const replay = createReplay({ ...CONFIG, stepVersion: version });
  return replayedBytes(replay, events).toString('latin1').split('\u000135=A\u0001').length - 1;
}

const switchTo = (version: number, timeNs: number): GatewayEvent => ({
  ...{ kind: 'step-version', timeNs, version },
});

describe('after a refused Logon', () => {
  it('version 1 asks again each time the host connects, as its logs have it', () => {
    expect(logonsOf(1, refusedFor(10))).toBe(50);
  });

  it('version 2 waits twice as long each time, a minute at most, or an account is locked', () => {
    // At 0, 1, 3, 7, 15, 31, 63 s, and from then on each minute.
    expect(logonsOf(2, refusedFor(10))).toBe(4);
    expect(logonsOf(2, refusedFor(62))).toBe(6);
    expect(logonsOf(2, refusedFor(245))).toBe(10);
  });

  it('a switch in the middle of a log holds from there on, and so does the switch back', () => {
    const after = START_NS + 10 * SECOND_NS;
    const back = after + 10 * SECOND_NS;
    const events = [
      ...refusedFor(10),
      switchTo(2, after),
      ...refusedFor(10, after, 51),
      switchTo(1, back),
    ];
    expect(logonsOf(1, events)).toBe(54);
    expect(logonsOf(1, events)).toBe(54);
    expect(logonsOf(1, [...events, ...refusedFor(2, back + SECOND_NS, 101)])).toBe(64);
  });
});

it('a version that this build does not know is refused, both being named', () => {
  const known = `this build knows ${STEP_VERSIONS.join(', ')}`;
  expect(() => createReplay({ ...CONFIG, stepVersion: 99 })).toThrow(`step version 99: ${known}`);
  expect(() => logonsOf(1, [switchTo(99, START_NS)])).toThrow(`step version 99: ${known}`);
});

it('a log that was recorded under version 1 still gives its bytes', () => {
  const file = join(import.meta.dirname, 'fixtures', 'step-1-log.json');
  const golden = JSON.parse(readFileSync(file, 'utf8')) as {
    messages: number;
    sha256: string;
    records: string[];
  };
  const reader = new ByteReader();
  const events = golden.records.map(record => {
    reader.reset(Buffer.from(record, 'base64'));
    return readGatewayRecord(reader) as GatewayEvent;
  });
  const replay = createReplay({ ...CONFIG, stepVersion: 1 });
  const bytes = replayedBytes(replay, events);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(golden.sha256);
  expect(chainOf(replay.state).messages).toBe(golden.messages);
  const newer = createReplay({ ...CONFIG, stepVersion: 2 });
  expect(replayedBytes(newer, events)).not.toEqual(bytes);
});
