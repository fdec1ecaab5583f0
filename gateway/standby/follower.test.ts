/** A standby that takes records: what it says it has, it must have, and as its primary has it. */
import { describe, expect, it } from 'vitest';
import { OutriderError } from '#engine';
import { createFollower, type FollowerPorts } from './follower.ts';
import type { FromPrimary, ToPrimary } from './peer-messages.ts';

function follower(log: string[] = ['start'], diskError?: Error) {
  const told: string[] = [];
  const said: ToPrimary[] = [];
  const ends: string[] = [];
  let batched: (() => void) | undefined;
  const ports: FollowerPorts = {
    begin: originNs => told.push(`begin ${originNs}`),
    logName: () => (log.length === 0 ? '' : 'ours'),
    nextOffset: () => log.length,
    tailHash: offset => `tail ${offset}`,
    cut: fromOffset => told.push(`cut ${fromOffset}`),
    append(payloads) {
      if (diskError !== undefined) throw diskError;
      log.push(...payloads.map(String));
    },
    onUnkept: text => told.push(`unkept ${text}`),
    step: payloads => told.push(`step ${payloads.join(' ')} after ${said.at(-1)!.kind}`),
    outputsHash: () => `of ${log.length}`,
    onDivergence: text => told.push(`divergence ${text}`),
    onLinked: () => told.push('linked'),
    onHeartbeat: heartbeatNs => told.push(`heartbeat ${heartbeatNs}`),
    onUnlinked: () => told.push('unlinked'),
    afterBatch: callback => {
      batched = callback;
    },
  };
  const link = {
    send: (message: ToPrimary) => void said.push(message),
    end: (reason: string) => void ends.push(reason),
  };
  const handler = createFollower(link, ports);
  const hear = (...messages: FromPrimary[]) => messages.forEach(handler.onMessage);
  return { hear, told, said, ends, log, handler, finishBatch: () => batched?.() };
}

const welcome = (fromOffset: number, log = 'ours'): FromPrimary => ({
  ...{ kind: 'welcome', originNs: 7n, log, epoch: 1, fromOffset },
});
const record = (offset: number, text: string): FromPrimary => ({
  ...{ kind: 'record', offset, payload: Buffer.from(text) },
});

describe('a follower', () => {
  it('keeps what came together, says so once, and steps it then', () => {
    const { hear, told, said, log, finishBatch } = follower();
    hear(welcome(1), record(1, 'a'), record(2, 'b'));
    expect(said).toEqual([{ kind: 'tail', hash: 'tail 1' }]);
    expect(log).toEqual(['start']);
    finishBatch();
    expect(log).toEqual(['start', 'a', 'b']);
    expect(said.slice(1)).toEqual([{ kind: 'ack', nextOffset: 3 }]);
    expect(told).toEqual(['begin 7', 'linked', 'step a b after ack']);
  });

  it('acknowledges nothing that its disk did not take, and steps it neither', () => {
    const full = new OutriderError('disk', 'no space left');
    const { hear, told, said, ends, finishBatch } = follower(['start'], full);
    hear(welcome(1), record(1, 'a'));
    finishBatch();
    hear(record(2, 'b'));
    expect([said.map(({ kind }) => kind), ends]).toEqual([['tail'], ['no space left']]);
    expect(told).toEqual(['begin 7', 'linked', 'unkept no space left']);
  });

  it('compares outputs after the same records, and stops where they differ', () => {
    const { hear, told, ends } = follower();
    hear(welcome(1), record(1, 'a'), { kind: 'outputs', offset: 1, hash: 'of 2' });
    expect(ends).toEqual([]);
    hear(record(2, 'b'), { kind: 'outputs', offset: 2, hash: 'of 9' });
    const text = 'after record 2 the primary has sent bytes with hash of 9, this of 3';
    expect(told.at(-1)).toBe(`divergence ${text}`);
    expect(ends).toEqual([`divergence: ${text}`]);
    hear(record(3, 'c'), { kind: 'heartbeat', heartbeatNs: 1 });
    expect(told.at(-1)).toBe(`divergence ${text}`);
  });

  it('cuts what its primary never had, over another connection', () => {
    const { hear, told, said, ends } = follower(['start', 'a', 'void']);
    hear(welcome(2));
    expect(told).toEqual(['begin 7', 'cut 2']);
    expect(ends.join()).toContain('records from 2 on are void here');
    expect(said).toEqual([]);
  });

  it.each<[string, FromPrimary[], string]>([
    ['a record before welcome', [record(1, 'a')], 'record came before welcome'],
    ['a gap', [welcome(1), record(2, 'b')], 'record 2 came where 1 is next'],
    [
      'a record twice',
      [welcome(1), record(1, 'a'), record(1, 'a')],
      'record 1 came where 2 is next',
    ],
    ['another log', [welcome(1, 'theirs')], 'welcome is to log theirs from record 1'],
    ['more than it has', [welcome(5)], 'from record 5, not to the one here'],
  ])('ends the link at %s', (_, messages, reason) => {
    const { hear, ends, log } = follower();
    hear(...messages);
    expect(ends.join()).toContain(reason);
    expect(log).toEqual(['start']);
  });

  it('keeps nothing that came before its end and was not acknowledged', () => {
    const { hear, handler, finishBatch, log, said } = follower();
    hear(welcome(1), record(1, 'a'));
    handler.onClosed();
    finishBatch();
    expect(log).toEqual(['start']);
    expect(said.some(({ kind }) => kind === 'ack')).toBe(false);
  });
});
