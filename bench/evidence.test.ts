/** The evidence of a small run of the real parts, against all that was told, kept whole. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Decision } from '#edge';
import { SECOND_NS } from '#engine';
import { forecastText, horizonOf } from '#law';
import { midHalfIncrements } from '#market';
import type { Findings } from './evidence/findings.ts';
import { decisionText } from './evidence/law-digests.ts';
import { SIZE, type SmallRun, smallRun } from './testing/small-run.ts';

let run: SmallRun;
let findings: Findings;

beforeAll(() => {
  run = smallRun(4000);
  findings = run.evidence.findings();
});

const sha256 = (text: string) => createHash('sha256').update(text, 'latin1').digest('hex');

it('says the same whether a quote is told before the edge takes it or after', () => {
  const after = smallRun(4000, false).evidence.findings();
  const { instruments, digests } = after;
  expect(digests).toEqual(findings.digests);
  for (const [at, { coverage, fans, tree, moves, clipped }] of instruments.entries()) {
    expect({ coverage, fans, tree, moves, clipped }).toEqual(pick(findings.instruments[at]!));
  }
});

describe('the evidence of a run', () => {
  it('digests every settled forecast, verified decision and FIX byte, in their order', () => {
    const { settled, decisions, sent, instruments } = run;
    const forecasts = settled.map(one => `${forecastText(one.forecastId, one.forecast)}\n`);
    const verified = decisions.filter(decision => decision.verified);
    const symbolOf = (one: Decision) => instruments[one.instrument]!.symbol;
    const lines = verified.map(
      one => `${decisionText({ ...one, forecastId: one.forecastId() }, symbolOf(one))}\n`,
    );
    expect(verified.length).toBeGreaterThan(500);
    expect(decisions.length).toBeGreaterThan(verified.length);
    expect(findings.digests.forecasts).toBe(sha256(forecasts.join('')));
    expect(findings.digests.decisions).toBe(sha256(lines.join('')));
    const names = new Set(settled.map(({ forecastId }) => forecastId));
    for (const { forecastId } of verified) expect(names).toContain(forecastId());
    const bytes = Buffer.concat(sent).toString('latin1');
    expect(findings.digests.fixOutbound).toBe(sha256(bytes));
  });

  it('counts over time what the edge counted, none lost between its events', () => {
    const { counts } = run.edge;
    const { buckets, widthNs } = findings.hits;
    const sum = (name: keyof (typeof buckets)[number]) =>
      buckets.reduce((total, bucket) => total + bucket[name], 0);
    expect(counts.hits).toBeGreaterThan(500);
    for (const name of ['moves', 'hits', 'verifiedLater', 'late', 'overtaken'] as const) {
      expect(sum(name)).toBe(counts[name]);
    }
    const { quotes } = run;
    const spanNs = quotes.at(-1)!.exchangeTimeNs - quotes[0]!.exchangeTimeNs;
    expect(buckets.length * widthNs).toBeGreaterThanOrEqual(spanNs - 2 * SECOND_NS);
  });

  it('tells moves, clipped moves and epochs of each instrument as the edge counts them', () => {
    const { counts } = run.edge;
    const sum = (name: 'moves' | 'clipped' | 'epochs') =>
      findings.instruments.reduce((total, one) => total + one[name], 0);
    expect(counts.clipped).toBeGreaterThan(0);
    expect(sum('moves')).toBe(counts.moves);
    expect(sum('clipped')).toBe(counts.clipped);
    expect(findings.instruments.map(({ epochs }) => epochs)).toEqual([2, 2]);
    expect(findings.instruments[0]!.masked).toEqual(['receiveTimeNs', 'bidLots', 'askLots']);
  });

  it('judges forecasts by the mids that the quotes showed', () => {
    for (const [at, { fans, coverage }] of findings.instruments.entries()) {
      const mids = distinctMids(at);
      expect(coverage.last.forecasts).toBeGreaterThan(300);
      expect(coverage.last.inside90).toBeGreaterThan(coverage.last.inside50);
      for (const { timeNs, midHalfIncrements: mid, happened } of fans) {
        const from = mids.findLastIndex(one => one.timeNs <= timeNs);
        expect(mids[from]!.mid).toBe(mid);
        const after = mids.slice(from + 1, from + 1 + SIZE.moves);
        expect(happened).toEqual(after.map(one => one.mid - mid));
      }
      expect(fans.length).toBeGreaterThan(25);
    }
  });

  it('shows quantiles of forecasts that were settled', () => {
    const known = new Set(
      run.settled.map(({ forecast }) => String(horizonOf(forecast, SIZE.moves).quantiles)),
    );
    for (const { fans } of findings.instruments) {
      for (const { quantiles } of fans) expect(known).toContain(String(quantiles.at(-1)));
    }
  });

  it('keeps a tree whose taken branch is the move that came', () => {
    const { tree } = findings.instruments[0]!;
    expect(tree!.branches.length).toBeLessThanOrEqual(SIZE.branches);
    expect(tree!.branches[tree!.taken]!.moveHalfIncrements).toBe(tree!.happened[0]);
    expect(tree!.branches[tree!.taken]!.paths).toHaveLength(SIZE.paths);
    expect(tree!.happened).toHaveLength(SIZE.moves + 1);
  });

  it('follows positions fill by fill to where the gateway holds them', () => {
    for (const [at, { positions }] of findings.instruments.entries()) {
      const fills = run.positions.filter(({ instrument }) => instrument === at);
      expect(fills.length).toBeGreaterThan(10);
      expect(positions.at(-1)!.lots).toBe(run.gateway.desks[at]!.holding.positionLots);
      const held = new Set(fills.map(({ timeNs, lots }) => `${timeNs} ${lots}`));
      for (const { timeNs, lots } of positions) expect(held).toContain(`${timeNs} ${lots}`);
    }
  });

  it('charges parents what they paid: on a random walk, at least part of the spread', () => {
    for (const { slippage, parents, unfilled } of findings.instruments) {
      expect(slippage!.count).toBe(parents.length);
      expect(slippage!.count + unfilled).toBeGreaterThanOrEqual(6);
      const sum = parents.reduce((total, one) => total + one.slippage, 0);
      expect(slippage!.mean).toBeCloseTo(sum / parents.length, 6);
      for (const { filledLots } of parents) expect(filledLots).toBeGreaterThan(0);
    }
  });

  it('sums the verdicts', () => {
    const verdicts = run.answers.flatMap(one => (one.kind === 'verdict' ? [one.verdict] : []));
    const total = (name: 'passes' | 'drafted' | 'accepted' | 'verified') =>
      verdicts.reduce((sum, verdict) => sum + verdict[name], 0);
    const contexts = verdicts.reduce((sum, verdict) => sum + verdict.contexts.length, 0);
    expect(findings.speculation).toMatchObject({
      verdicts: verdicts.length,
      passes: total('passes'),
      drafted: total('drafted'),
      accepted: total('accepted'),
      verified: total('verified'),
      settledMoves: contexts * SIZE.paths * SIZE.moves,
    });
  });
});

function pick({ coverage, fans, tree, moves, clipped }: Findings['instruments'][number]) {
  return { coverage, fans, tree, moves, clipped };
}

/** The mids of an instrument, one a change, with their times. */
function distinctMids(instrument: number): { timeNs: number; mid: number }[] {
  const mids: { timeNs: number; mid: number }[] = [];
  for (const quote of run.quotes) {
    if (quote.instrument !== instrument) continue;
    const mid = midHalfIncrements(quote);
    if (mids.at(-1)?.mid !== mid) mids.push({ timeNs: quote.exchangeTimeNs, mid });
  }
  return mids;
}
