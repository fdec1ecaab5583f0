/** Without this, hits and latencies of a scenario would be told from a log misread. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createEdgeEncoder, type EdgeEvent } from '#edge';
import { openLog } from '#engine';
import type { Quote } from '#market';
import { readEdgeHistory } from './edge-history.ts';
import { measure } from './measure.ts';

const quote = (mid: number): Quote => ({
  ...{ kind: 'quote', instrument: 0, exchangeTimeNs: 0 },
  ...{ bidIncrements: mid, askIncrements: mid + 2 },
});
const ticks = (timeNs: number, mid: number): EdgeEvent => ({
  ...{ kind: 'ticks', timeNs, injectedNs: timeNs - 10, ticks: [quote(mid)] },
});
const forecast = (
  timeNs: number,
  moveIndex: number,
  basis: 'verified' | 'provisional',
): EdgeEvent => ({
  ...{ kind: 'forecast', timeNs, instrument: 0, moveIndex, basis },
  forecast: new Int32Array(16),
});

/** A hit; a miss with its verdict, refreshed by a quote of the same mid; one that came too late. */
const EVENTS: EdgeEvent[] = [
  ticks(1000, 50),
  ticks(2000, 51),
  forecast(2005, 1, 'verified'),
  ticks(3000, 52),
  forecast(3020, 2, 'provisional'),
  ticks(3500, 52),
  { kind: 'verdict', timeNs: 4000, instrument: 0, requestId: 1 },
  forecast(4001, 2, 'verified'),
  ticks(5000, 53),
  forecast(5002, 3, 'provisional'),
  { kind: 'deadline', timeNs: 6000, instrument: 0, moveIndex: 3 },
  { kind: 'gap', timeNs: 7000, instrument: 0 },
  forecast(8000, 1, 'provisional'),
];

it('tells hits, misses and what came late, each from when its own move was due', () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'outrider-history-')), 'edge.log');
  const log = openLog({ directory, originNs: 0n });
  const encode = createEdgeEncoder();
  for (const event of EVENTS) log.append(encode(event));
  log.close();
  const edge = readEdgeHistory(directory);
  expect(edge.forecasts.map(({ kind, timeNs, dueNs }) => [kind, timeNs - dueNs])).toEqual([
    ['hit', 15],
    ['provisional', 30],
    ['miss', 1011],
    ['provisional', 12],
    ['provisional', 3010],
  ]);
  const fromEdge = (ns: number) => ns - 1000;
  const bytes = { received: '', answers: '' };
  const measured = measure({ edge, fromEdge, fromUnixMs: ms => ms, ...bytes });
  const values = (name: 'hits' | 'verified') => measured[name].map(({ value }) => value);
  expect(values('hits')).toEqual([1, 0, 0, 0]);
  expect(values('verified')).toEqual([1, 1, 0, 0]);
  expect(measured.late).toEqual([{ atNs: 5000, value: 1 }]);
  expect(measured.gaps).toEqual([{ atNs: 6000, value: 1 }]);
  expect(measured.ticks).toHaveLength(5);
  expect(measured.ingest.every(({ value }) => value === 10)).toBe(true);
});
