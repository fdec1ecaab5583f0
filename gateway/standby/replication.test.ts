/** A standby at a primary's door: one that is not of the same pair must never count for an ack. */
import { describe, expect, it } from 'vitest';
import { logName, type ReadableLog, tailHash } from './log-identity.ts';
import type { FromPrimary, Hello, ToPrimary } from './peer-messages.ts';
import { createReplication, type PeerHandler, type ReplicationPorts } from './replication.ts';

/** `written`: where it can be read up to, if that is not all. */
function logOf(records: string[], written?: { end: number }): ReadableLog {
  return {
    get nextOffset() {
      return records.length;
    },
    *read(from) {
      for (let offset = from; offset < (written?.end ?? records.length); offset++) {
        yield { offset, payload: Buffer.from(records[offset]!) };
      }
    },
  };
}

/** A primary with these records, of which the second claims epoch 3, the sixth epoch 5. */
function primary(records: string[], written?: { end: number }) {
  const told: string[] = [];
  const log = logOf(records, written);
  const ports: ReplicationPorts = {
    ...{ node: 'A', config: 'ours', log, originNs: () => 7n, stepVersion: () => 2 },
    build: () => ({ steps: [1, 2], layout: 'cd' }),
    claims: () => [
      { epoch: 3, offset: 1 },
      { epoch: 5, offset: 5 },
    ],
    onAcknowledged: nextOffset => told.push(`acknowledged ${nextOffset}`),
    onJoining: () => told.push('joining'),
    onInSync: (standby, { steps }) => told.push(`in sync ${standby}, which knows ${steps}`),
    onRenewal: heartbeatNs => told.push(`renewal ${heartbeatNs}`),
    onLost: standby => told.push(`lost ${standby}`),
  };
  const replication = createReplication(ports);
  const arrive = (hello: Partial<Hello>) => {
    const said: FromPrimary[] = [];
    const ends: string[] = [];
    const handler: PeerHandler<ToPrimary> = replication.accept(
      { send: message => said.push(message), end: reason => ends.push(reason) },
      {
        ...{ kind: 'hello', node: 'B', config: 'ours', log: logName(log) },
        build: { steps: [2, 3], layout: 'ab' },
        ...{ epoch: 5, nextOffset: records.length, ...hello },
      },
    );
    return { said, ends, handler };
  };
  return { replication, arrive, told, log };
}

const RECORDS = ['start', 'claim 3', 'a', 'b', 'c', 'claim 5', 'd', 'e'];

const steps = (...known: number[]) => ({ build: { steps: known, layout: '' } });

describe('a primary refuses', () => {
  it.each<[string, Partial<Hello>, string]>([
    ['other options', { config: 'theirs' }, 'configuration: theirs of B, ours of A; give both'],
    ['an older build', steps(1), 'step version: 1 of B, 2 of A; bring the standby to a build'],
    ['a newer build', steps(3, 4), 'step version: 3, 4 of B, 2 of A; bring the standby to a'],
    ['another log', { log: 'abc' }, 'log: abc of B, '],
    ['its own name', { node: 'A' }, 'node is A on both sides'],
    ['one that has traded since', { epoch: 6 }, 'epoch: 6 of B, 5 of A; the newer one'],
  ])('%s, and names both sides', (_, hello, reason) => {
    const { arrive, told } = primary(RECORDS);
    const { ends, said } = arrive(hello);
    expect(ends.join()).toContain(reason);
    expect(said).toEqual([]);
    expect(told).toEqual([]);
  });

  it('a second standby, until the first is gone', () => {
    const { arrive, told } = primary(RECORDS);
    const first = arrive({});
    expect(arrive({ node: 'C' }).ends).toEqual(['B follows A already; it has one standby']);
    first.handler.onClosed();
    expect(told).toEqual(['lost B']);
    expect(arrive({ node: 'C' }).ends).toEqual([]);
  });

  it('records that differ before the place where both logs should agree', () => {
    const { arrive, told } = primary(RECORDS);
    const { handler, ends } = arrive({});
    handler.onMessage({ kind: 'tail', hash: 'other' });
    expect(ends.join()).toMatch(/records before 8 have hash other on B, [0-9a-f]{64} on A/);
    expect(told).toEqual([]);
  });

  it('acks of what was not sent', () => {
    const { arrive, log, told } = primary(RECORDS);
    const { handler, ends } = arrive({ nextOffset: 2 });
    handler.onMessage({ kind: 'tail', hash: tailHash(log, 2) });
    handler.onMessage({ kind: 'ack', nextOffset: 9 });
    expect(ends).toEqual(['B says it has the records below 9, it was sent those below 8']);
    expect(told).toEqual(['joining']);
  });
});

describe('a standby that lacks records', () => {
  it('gets them first, and counts once it has the last', () => {
    const records = [...RECORDS];
    const { arrive, log, told, replication } = primary(records);
    const { said, handler } = arrive({ nextOffset: 2, epoch: 3 });
    const offsets = () => said.flatMap(each => (each.kind === 'record' ? [each.offset] : []));
    handler.onMessage({ kind: 'tail', hash: tailHash(log, 2) });
    expect(offsets()).toEqual([2, 3, 4, 5, 6, 7]);
    expect(told).toEqual(['joining']);
    records.push('f');
    replication.appended(8, Buffer.from('f'));
    expect(offsets().at(-1)).toBe(8);
    handler.onMessage({ kind: 'ack', nextOffset: 7 });
    expect(told).toEqual(['joining']);
    handler.onMessage({ kind: 'ack', nextOffset: 8 });
    const inSync = ['joining', 'acknowledged 8', 'in sync B, which knows 2,3'];
    expect(told).toEqual(inSync);
    handler.onMessage({ kind: 'ack', nextOffset: 9 });
    expect(told).toEqual([...inSync, 'acknowledged 9']);
    expect(offsets()).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });

  it('counts though a record more is there with each of its acks', () => {
    const records = [...RECORDS];
    const { arrive, log, told, replication } = primary(records);
    const { said, handler } = arrive({ nextOffset: 2, epoch: 3 });
    handler.onMessage({ kind: 'tail', hash: tailHash(log, 2) });
    for (let round = 0; round < 3; round++) {
      const has = said.flatMap(each => (each.kind === 'record' ? [each.offset] : [])).at(-1)! + 1;
      const offset = records.push('more') - 1;
      replication.appended(offset, Buffer.from('more'));
      handler.onMessage({ kind: 'ack', nextOffset: has });
    }
    expect(told).toContain('in sync B, which knows 2,3');
  });

  it('gets a record that could not be read yet once that is appended in full', () => {
    const records = [...RECORDS];
    const written = { end: records.length };
    const { arrive, log, told, replication } = primary(records, written);
    const { said, handler } = arrive({ nextOffset: 8 });
    records.push('kept in memory');
    handler.onMessage({ kind: 'tail', hash: tailHash(log, 8) });
    expect(told).toContain('in sync B, which knows 2,3');
    written.end++;
    replication.appended(8, Buffer.from('kept in memory'));
    expect(said.at(-1)).toMatchObject({ kind: 'record', offset: 8 });
  });

  it('is told what of its own is void: all behind the first claim it has not seen', () => {
    const { arrive } = primary(RECORDS);
    const { said } = arrive({ nextOffset: 7, epoch: 3 });
    expect(said[0]).toMatchObject({ kind: 'welcome', originNs: 7n, epoch: 5, fromOffset: 5 });
  });

  it('is sent a bounded part at a time, however much it lacks', () => {
    const large = Array.from({ length: 40 }, () => 'x'.repeat(6_000));
    const { arrive, log } = primary([...RECORDS, ...large]);
    const { said, handler } = arrive({ nextOffset: 8 });
    handler.onMessage({ kind: 'tail', hash: tailHash(log, 8) });
    const sent = () => said.filter(({ kind }) => kind === 'record').length;
    expect(sent()).toBe(6);
    handler.onMessage({ kind: 'ack', nextOffset: 13 });
    expect(sent()).toBe(6);
    handler.onMessage({ kind: 'ack', nextOffset: 14 });
    expect(sent()).toBe(12);
  });
});
