/** The report of a small run: its sums, its shape, its page. */
import { beforeAll, describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { profitNanos } from '#gateway';
import type { ReadStats } from '#market';
import type { Findings } from './evidence/findings.ts';
import { readLatencyLog } from './latency/read-log.ts';
import { createLatencyRecorder } from './latency/recorder.ts';
import { SEGMENTS } from './latency/segment.ts';
import { createReport, isoTime } from './report.ts';
import { reportHtml } from './report-html.ts';
import { type Report, reportSchema } from './report-schema.ts';
import { ORIGIN_NS, SIZE, type SmallRun, smallRun } from './testing/small-run.ts';

let run: SmallRun;
let findings: Findings;
let report: Report;

const rejected: ReadStats['rejected'] = {
  malformed: 1,
  negative: 0,
  'one-sided': 2,
  'off-increment': 0,
  suspicious: 0,
  crossed: 3,
  'out-of-order': 0,
  'no-snapshot': 0,
  duplicate: 0,
};

const GATEWAY = '127.0.0.1:4001';

const CONTEXT = {
  size: { branches: SIZE.branches, trajectories: SIZE.paths, moves: SIZE.moves },
  readStats: { read: 2006, used: 2000, rejected, errors: [] },
  latencyNs: {},
  latencyComparable: false,
  logDigests: { edgeLog: 'e'.repeat(64), gatewayLog: 'f'.repeat(64) },
};

beforeAll(() => {
  run = smallRun(2000);
  findings = run.evidence.findings();
  report = createReport(findings, CONTEXT);
});

describe('the report', () => {
  it('is what its schema says, also as a file: readers depend on it', () => {
    expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it('has the pauses of the collector in a live run, in both its forms', () => {
    const gc = { count: 5, totalNs: 9_000_000, maxNs: 4_560_000, minor: 4, major: 1 };
    const live = createReport(findings, { ...CONTEXT, gc });
    expect(reportSchema.parse(JSON.parse(JSON.stringify(live))).gc).toEqual(gc);
    const html = reportHtml({ title: 'Live', report: live, findings, latency: {} });
    expect(html).toContain('<dd>4.56 ms<small>5 in all, 9.00 ms</small></dd>');
    expect(report.gc).toBeNull();
    const { gc: _gc, ...older } = report;
    expect(reportSchema.parse(older).gc).toBeNull();
  });

  it('adds up: rows read, forecasts verified, hits of moves', () => {
    const { ticks, forecasts } = report;
    const refused = Object.values(ticks.rejected).reduce((sum, count) => sum + count, 0);
    expect(ticks.read).toBe(ticks.used + refused);
    const { hits, verifiedLater, moves } = run.edge.counts;
    expect(forecasts.verified).toBe(hits + verifiedLater);
    expect(forecasts.hitRate).toBe(hits / moves);
    expect(forecasts.hitRate).toBeGreaterThan(0.1);
  });

  it('says what speculation cost by its definitions', () => {
    const { speculation } = report;
    const { passes, drafted, accepted, verified, settledMoves } = findings.speculation;
    const { hits, verifiedLater } = run.edge.counts;
    expect(speculation.acceptance).toBe(accepted / drafted);
    expect(speculation.tokensPerPass).toBe(settledMoves / passes);
    expect(speculation.verifiedTokensPerUsed).toBe(
      verified / (SIZE.paths * SIZE.moves * (hits + verifiedLater)),
    );
  });

  it('has the money and positions of the gateway', () => {
    const holdings = run.gateway.desks.map(({ holding }) => holding);
    expect(report.position).toEqual({
      EURUSD: holdings[0]!.positionLots,
      XAUUSD: holdings[1]!.positionLots,
    });
    expect(report.pnl).toEqual({ USD: Number(profitNanos(holdings, 'USD')) / 1e9 });
    expect(report.orders).toEqual({ countedElsewhere: null, ...run.gateway.counts });
  });

  it('has no count where another process counts: a zero would be taken for a fact', () => {
    const elsewhere = reportElsewhere();
    const { orders, position, pnl, slippage, digests } = elsewhere;
    expect(reportSchema.parse(JSON.parse(JSON.stringify(elsewhere)))).toEqual(elsewhere);
    expect(Object.keys(orders)).toEqual(Object.keys(report.orders));
    const { countedElsewhere, ...counts } = orders;
    expect(countedElsewhere).toBe(GATEWAY);
    const all = [counts, position, pnl, ...Object.values(slippage)].map(Object.values);
    expect(all.flat().length).toBeGreaterThan(20);
    expect(new Set(all.flat())).toEqual(new Set([null]));
    expect(Object.keys(position)).toEqual(Object.keys(report.position));
    expect(digests).toMatchObject({ gatewayLog: null, fixOutbound: null });
    expect(elsewhere.forecasts).toEqual(report.forecasts);
  });

  it('dates the first and the last tick in UTC, to the nanosecond', () => {
    expect(isoTime(ORIGIN_NS, 1)).toBe('2014-05-03T00:00:00.000000001Z');
    expect(report.ticks.firstTime).toMatch(/^2014-05-03T11:59:/);
    expect(report.ticks.lastTime).toBe(isoTime(ORIGIN_NS, run.quotes.at(-1)!.exchangeTimeNs));
  });

  it('gives null, not NaN, where nothing was to be divided', () => {
    const empty = smallRun(1);
    const { forecasts, speculation, slippage } = createReport(empty.evidence.findings(), CONTEXT);
    expect(forecasts.hitRate).toBeNull();
    expect(speculation.acceptance).toBeNull();
    expect(slippage.EURUSD!.meanHalfIncrements).toBeNull();
  });
});

describe('the page', () => {
  it('asks nothing of a network, or it would be empty where it is needed', () => {
    const html = reportHtml({ title: 'A run', report, findings, latency: latencyOf(100) });
    expect(html).not.toMatch(/(?:src|href|url|import)\s*[=(]/i);
    expect(html).not.toMatch(/https?:/);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
    expect(html.match(/<svg viewBox="0 0 (?:600|200)/g)!.length).toBeGreaterThan(12);
  });

  it('escapes every text: a symbol or title must not become markup', () => {
    const attack = `"><script>alert('x')</script>&`;
    const instruments = findings.instruments.map(one => ({
      ...one,
      instrument: { ...one.instrument, symbol: attack },
    }));
    const attacked = { ...findings, instruments };
    const html = reportHtml({
      title: attack,
      report: createReport(attacked, CONTEXT),
      findings: attacked,
      latency: {},
    });
    expect(html).not.toContain('<script');
    expect(html).toContain('&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;');
  });

  it('closes every element it opens', () => {
    const html = reportHtml({ title: 'A run', report, findings, latency: latencyOf(100) });
    const open: string[] = [];
    for (const [, end, name, empty] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
      if (empty === '/' || name === 'meta') continue;
      if (end === '') open.push(name!);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });

  it('says that a run on the virtual clock claims no latency', () => {
    const html = reportHtml({ title: 'A run', report, findings, latency: {} });
    expect(html).toContain('claims no');
    expect(html).not.toContain('99.9 %');
  });

  it('stays below 1.5 MB with all series full and 64 instruments', () => {
    const full = fullFindings(findings);
    const html = reportHtml({
      title: 'A long run',
      report: createReport(full, CONTEXT),
      findings: full,
      latency: latencyOf(1500),
    });
    expect(html.length).toBeLessThan(1_500_000);
    expect(html.length).toBeGreaterThan(500_000);
  });

  it('says who counts the orders where that is another process, and draws none of them', () => {
    const html = reportHtml({
      ...{ title: 'A run', report: reportElsewhere(), latency: {} },
      findings: { ...findings, gateway: undefined },
    });
    expect(html).toContain(`counted by the gateway at ${GATEWAY}`);
    expect(html).not.toMatch(/NaN|undefined|Infinity|null|Nothing was filled|Position over time/);
    expect(html).not.toContain('<td>notSent</td>');
  });

  it('is drawn of a run in which nothing happened', () => {
    const empty = smallRun(1).evidence.findings();
    const html = reportHtml({
      title: 'Nothing',
      report: createReport(empty, CONTEXT),
      findings: empty,
      latency: {},
    });
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
    expect(html).toContain('Nothing was filled');
  });
});

function reportElsewhere(): Report {
  const logDigests = { edgeLog: 'e'.repeat(64), gatewayLog: null };
  return createReport(
    { ...findings, gateway: undefined },
    { ...CONTEXT, logDigests, countedElsewhere: GATEWAY },
  );
}

function latencyOf(seconds: number) {
  const recorder = createLatencyRecorder({ originNs: ORIGIN_NS, startNs: 0, hasIntervals: true });
  for (let second = 1; second <= seconds; second++) {
    for (const [at, segment] of SEGMENTS.entries()) {
      recorder.record(segment, (at + 1) * 1000 * (1 + (second % 37)));
    }
    recorder.onTime(second * SECOND_NS);
  }
  const reading = readLatencyLog(recorder.log(seconds * SECOND_NS));
  recorder.destroy();
  return reading;
}

/** As much of everything as the evidence ever holds. */
function fullFindings(small: Findings): Findings {
  const [one] = small.instruments;
  const moves = 32;
  const range = (length: number) => Array.from({ length }, (_, at) => at);
  const path = range(moves + 1).map(at => at * 37);
  const branch = { moveHalfIncrements: 3, paths: range(64).map(() => path) };
  const fan = {
    timeNs: 1e13,
    midHalfIncrements: 2_600_001,
    quantiles: range(moves).map(at => [-at * 9, -at, 0, at, at * 9]),
    happened: range(moves).map(at => at * 3),
  };
  const parent = { side: 1 as const, filledLots: 9, averageFill: 1, twap: 1, slippage: 321.5 };
  const instrument = {
    ...one!,
    fans: range(60).map(() => fan),
    positions: range(2000).map(at => ({ timeNs: at * 4e10, lots: (at * 7919) % 997 })),
    parents: range(500).map(at => ({ ...parent, number: at, startNs: at * 1e11 })),
    slippage: { count: 900, mean: 3, margin: 1 },
    tree: {
      timeNs: 1e13,
      midHalfIncrements: 2_600_001,
      before: path.slice(0, 13),
      branches: range(64).map(at => ({ ...branch, paths: branch.paths.slice(at === 9 ? 0 : 60) })),
      taken: 9,
      happened: path,
    },
  };
  const bucket = { moves: 99, hits: 55, verifiedLater: 22, late: 11, overtaken: 7 };
  const instruments = range(64).map(at => ({
    ...instrument,
    instrument: { ...one!.instrument, symbol: `SYMBOL${at}` },
  }));
  const hits = { startNs: 0, widthNs: 512e9, buckets: range(240).map(() => bucket) };
  return { ...small, instruments, hits };
}
