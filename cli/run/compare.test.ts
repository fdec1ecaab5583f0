/** What a comparison forgives after a crash, and what never: bytes that no log gives. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareConnections, receivedBy } from './compare.ts';

const message = (type: string, text: string) =>
  `8=FIX.4.4|9=0|35=${type}|58=${text}|10=000|`.replaceAll('|', '\u0001');
const logon = (at: number) => message('A', `logon ${at}`);
const first = [logon(1), message('D', 'a'), message('F', 'b')];
const second = [logon(2), message('D', 'c')];
const third = [logon(3), message('5', '')];
const all = [first, second, third];

describe('a comparison over several connections', () => {
  it('is identical where each has all of its messages', () => {
    expect(compareConnections(all, all, true)).toMatchObject({ kind: 'identical', messages: 7 });
  });

  it('counts as lost what a connection took along when it ended', () => {
    const received = [first.slice(0, 2), second, third];
    expect(compareConnections(all, received, true)).toMatchObject({ messages: 6, lost: 1 });
  });

  it('counts as lost a connection that the venue never heard anything of', () => {
    const result = compareConnections(all, [first, third], true);
    expect(result).toMatchObject({ kind: 'identical', messages: 5, lost: 2 });
  });

  it('counts as lost half a message at the end of a connection', () => {
    const torn = [...first.slice(0, 2), first[2]!.slice(0, 20)];
    expect(compareConnections(all, [torn, second, third], true)).toMatchObject({ lost: 1 });
    const wrong = [...first.slice(0, 2), `${first[2]!.slice(0, 20)}?`];
    expect(compareConnections(all, [wrong, second, third], true).kind).toBe('different');
  });

  it.each([
    ['another logon', [first, [logon(9), ...second.slice(1)], third], 'connection 2, message 1'],
    ['a connection too many', [...all, [logon(4)]], 'connection 4, message 1'],
    ['a loss within a connection', [first.toSpliced(1, 1), second, third], 'message 2'],
    ['a loss at the end of all', [first, second, third.slice(0, 1)], 'connection 3, message 2'],
    ['the last connection missing', [first, second], 'connection 3, message 1'],
  ])('finds %s', (_, received, at) => {
    const result = compareConnections(all, received, true);
    expect(result).toMatchObject({ kind: 'different', at: expect.stringContaining(at) });
  });

  it('cuts the venue’s file where a message ends, or where the next one begins', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'outrider-compare-')), 'received.fix');
    const torn = first[2]!.slice(0, 25);
    writeFileSync(file, [...first.slice(0, 2), torn, ...second].join(''), 'latin1');
    expect(receivedBy(file)).toEqual([[...first.slice(0, 2), torn], second]);
  });
});

it('counts as lost a last Logon that nobody heard, but no order behind it', () => {
  const heard = [first, second];
  expect(compareConnections([...heard, [logon(3)]], heard, true)).toMatchObject({
    ...{ kind: 'identical', messages: 5, lost: 1 },
  });
  expect(compareConnections([...heard, third], heard, true).kind).toBe('different');
});
