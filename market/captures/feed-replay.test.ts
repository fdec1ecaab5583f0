/** Recorded feeds: without these tests a replay could give another market than was live. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { clockFrom, seededRandom, wallTimers } from '#engine';
import { openTicks } from '../open-ticks.ts';
import type { Tick } from '../tick.ts';
import { openLiveFeed, urlsAt } from '../venues/live-feed.ts';
import { binanceWire } from '../venues/testing/binance-wire.ts';
import { coinbaseWire } from '../venues/testing/coinbase-wire.ts';
import { startExchange } from '../venues/testing/exchange-server.ts';
import type { Wire } from '../venues/testing/wire.ts';
import { messageLine, noteLine, readRecordedLine } from './feed-recording.ts';

const DATA =
  process.env.OUTRIDER_DATA ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'data');
const FOLDER = join(DATA, 'websocket');
const WAIT = { timeout: 60_000, interval: 10 };
const TEST_MS = 120_000;

const folder = mkdtempSync(join(tmpdir(), 'outrider-recording-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Live, with a cut and a message that is none, and what was recorded of it. */
async function recordLive(
  wire: Wire,
  originNs: bigint,
): Promise<{ ticks: Tick[]; lines: string[] }> {
  const server = await startExchange(wire);
  const { instruments } = wire;
  const { terms } = wire.venue;
  const spacingNs = { connect: 20e6, send: 5e6, request: 20e6 };
  const venue = { ...wire.venue, terms: { ...terms, spacingNs } };
  const clock = clockFrom(0);
  const ticks: Tick[] = [];
  const at = (timeNs: number) => originNs + BigInt(Math.round(timeNs));
  const lines = [noteLine(at(0), { kind: 'feed', venue: venue.name, instruments })];
  const feed = openLiveFeed({
    ...{ venue, instruments, originNs, clock, timers: wallTimers(clock) },
    ...{ random: seededRandom(1), urls: urlsAt(server.url, venue) },
    onTicks: made => void ticks.push(...made),
    onGap() {},
    onProblem() {},
    onEnd() {},
    onRecord: (record, timeNs) =>
      void lines.push(
        record.kind === 'message'
          ? messageLine(at(timeNs), record.text)
          : noteLine(at(timeNs), record),
      ),
  });
  const liveAgain = () =>
    vi.waitFor(async () => {
      await server.play(1);
      expect(feed.isLive).toBe(true);
    }, WAIT);
  try {
    await vi.waitFor(() => expect(feed.phase).toBe('snapshot'), WAIT);
    for (const fault of ['cut', { text: 'no JSON\nat all' }] as const) {
      await server.play(1000);
      await liveAgain();
      server.fault(server.played, fault);
      await server.play(1);
      await vi.waitFor(() => expect(feed.isLive).toBe(false), WAIT);
    }
    await liveAgain();
    await server.play(500);
    return { ticks: [...ticks], lines };
  } finally {
    feed.close();
    await server.close();
  }
}

async function replay(name: string, bytes: Uint8Array, originNs: bigint) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const opened = await openTicks({ paths: [path], originNs });
  const ticks: Tick[] = [];
  for await (const batch of opened.ticks) for (const tick of batch) ticks.push({ ...tick });
  return { ...opened, ticks, stats: opened.stats };
}

const of = (ticks: readonly Tick[], instrument: number) =>
  ticks.filter(tick => tick.instrument === instrument);

describe.skipIf(!existsSync(FOLDER))('a recorded feed (needs recorded sessions)', () => {
  const wires: [name: string, wireOf: (folder: string) => Wire, day: string][] = [
    ['coinbase', coinbaseWire, '2021-04-17'],
    ['binance-usdm', binanceWire, '2024-08-08'],
  ];
  it.each(wires)(
    'of %s gives the very ticks that were live, gaps included',
    async (name, wireOf, day) => {
      const originNs = BigInt(Date.parse(day)) * 1_000_000n;
      const wire = wireOf(FOLDER);
      const live = await recordLive(wire, originNs);
      const packed = gzipSync(live.lines.join(''));
      const { ticks, instruments, stats } = await replay(`${name}.gz`, packed, originNs);
      expect(instruments).toEqual(wire.instruments);
      for (const index of wire.instruments.keys()) {
        const made = of(ticks, index);
        // The last messages may have come while the ticks were counted.
        expect(of(live.ticks, index)).toEqual(made.slice(0, of(live.ticks, index).length));
        expect(made.filter(({ kind }) => kind === 'gap').length).toBeGreaterThanOrEqual(2);
      }
      expect(stats.rejected.malformed).toBe(wire.instruments.length);
      const cut = await replay(`${name}-cut.gz`, packed.subarray(0, packed.length / 2), originNs);
      const damage = [...new Set(cut.stats.errors)];
      expect(damage).toEqual([expect.stringContaining('The lines before are used')]);
      expect(cut.ticks.length).toBeGreaterThan(0);
    },
    TEST_MS,
  );
});

describe('a line of a recorded feed', () => {
  it('is the message as it was, and what is no line is kept whole', () => {
    const unixNs = 1_618_617_600_000_000_001n;
    for (const text of ['{"a":"1.10"}', '[1,2]', 'pong', '{"a":\n1}', '{"outrider":1}', '']) {
      const line = messageLine(unixNs, text);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(readRecordedLine(line.trimEnd())).toEqual({ kind: 'message', unixNs, text });
    }
    expect(messageLine(unixNs, '[1]')).toBe('1618617600000000001 [1]\n');
  });

  it.each(['', 'x', '123 {}', '1618617600000000001{}', '1618617600000000001 {"outrider":{}}'])(
    'is none: %j',
    line => {
      expect(readRecordedLine(line)).toBeUndefined();
    },
  );

  it('names the exchange that is not known, and the version that is not', () => {
    const head = (fields: object) =>
      `1618617600000000001 {"outrider":${JSON.stringify({ kind: 'feed', ...fields })}}`;
    expect(() => readRecordedLine(head({ version: 2 }))).toThrow('of version 2');
    expect(() => readRecordedLine(head({ version: 1, venue: 'x' }))).toThrow('known are coinbase');
  });
});
