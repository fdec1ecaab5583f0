/** Without these, CI could read a broken scenario as passed, or a page could call home. */
import { describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { parseScenario } from '../file/scenario.ts';
import { parseThreshold, type Threshold } from '../file/threshold.ts';
import { emptyMeasured } from '../measure/metric.ts';
import type { Played } from '../play/play.ts';
import type { Verdict } from '../verdict.ts';
import { createResult, failedResult } from './create-result.ts';
import { escapeXml, junitXml } from './junit.ts';
import { resultPage } from './page.ts';
import { resultSchema } from './result.ts';

const scenario = parseScenario(
  [
    'name: small\nabout: "<Small> & \\"quoted\\"."\nload:\n  - { name: calm, for: 10s, rate: 1 }',
    'faults:\n  - { at: 2s, for: 3s, target: feed, kind: gap }\n',
  ].join('\n'),
  'small.yaml',
);
const HEAD = { scenario, file: 'small.yaml', scale: 1, startedAt: '2026-11-21T10:00:00.000Z' };
const PLAYED: Played = {
  ...{ feedOriginNs: 0n, topics: undefined },
  folders: { run: '', trading: '', processes: '' },
  ...{ instruments: [], delivered: [], crashes: [], steps: [] },
  ...{ beginNs: 5 * SECOND_NS, endNs: 15 * SECOND_NS },
  faults: [
    {
      ...{ fault: scenario.faults[0]!, requestedNs: 7 * SECOND_NS, injectedNs: 7 * SECOND_NS },
      ...{ endingNs: 10 * SECOND_NS, undoneNs: 10 * SECOND_NS },
    },
  ],
};
const threshold = parseThreshold('hits', 'rate > 20%') as Threshold;

function verdict(given: { violations?: string[]; isMet?: boolean } = {}): Verdict {
  const { violations = [], isMet = true } = given;
  const hits = [0, 1].map((value, second) => ({ atNs: second * SECOND_NS, value }));
  return {
    invariants: [{ name: 'ordersOnce', claim: 'each once', checked: 3, violations }],
    thresholds: [{ threshold, observed: 0.5, values: 2, isMet }],
    measured: { ...emptyMeasured(), hits },
    stages: [],
  };
}

const resultOf = (given?: Parameters<typeof verdict>[0]) =>
  resultSchema.parse(createResult(HEAD, PLAYED, verdict(given)));

describe('the result', () => {
  it.each([
    [{}, 'passed', 0],
    [{ violations: ['A: lost'] }, 'invariant-broken', 98],
    [{ isMet: false }, 'threshold-missed', 99],
    [{ violations: ['A: lost'], isMet: false }, 'invariant-broken', 98],
  ])('of %j is %s', (given, outcome, exitStatus) => {
    expect(resultOf(given)).toMatchObject({ outcome, exitStatus });
  });

  it('tells times from the begin of the feed', () => {
    expect(resultOf()).toMatchObject({
      ...{ lengthSeconds: 10, faults: [{ injectedSeconds: 2, undoneSeconds: 5 }] },
      metrics: { hits: { count: 2, rate: 0.5 }, moves: { count: 0, rate: 0 } },
    });
  });

  it('counts violations beyond those it writes out', () => {
    const violations = Array.from({ length: 80 }, (_, at) => `${at}: lost`);
    expect(resultOf({ violations }).invariants[0]).toMatchObject({ broken: 80 });
    expect(resultOf({ violations }).invariants[0]!.violations).toHaveLength(50);
  });
});

describe('JUnit XML', () => {
  it('has a case each invariant and threshold, and counts failures', () => {
    const xml = junitXml(resultOf({ violations: ['A: <lost>'], isMet: false }));
    expect(xml).toContain('tests="2" failures="2" errors="0"');
    expect(xml).toContain('<testcase classname="small.invariants" name="ordersOnce"><failure');
    expect(xml).toContain('A: &lt;lost&gt;');
    expect(xml).toContain('name="hits rate &gt; 20%"><failure message="observed 50.0 % of 2');
    expect(junitXml(resultOf())).toContain('tests="2" failures="0" errors="0"');
  });

  it('has an error where the harness failed', () => {
    const xml = junitXml(failedResult(HEAD, 'no & way'));
    expect(xml).toContain('tests="1" failures="0" errors="1"');
    expect(xml).toContain('<error message="no &amp; way"/>');
  });

  it('takes characters that XML has no place for', () => {
    expect(escapeXml('a\u0001\u0000b\uffff\ud800c\td')).toBe('a??b?\ufffdc\td');
  });
});

describe('the page', () => {
  it('is one offline file with every verdict, escaped', () => {
    const page = resultPage(resultOf({ violations: ['A: <lost>'] }), verdict().measured);
    expect(page).toContain('&lt;Small&gt; &amp; &quot;quoted&quot;.');
    expect(page).toContain('A: &lt;lost&gt;');
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|https?:|src=|href=|NaN|Infinity/);
  });

  it('says why where the harness failed', () => {
    expect(resultPage(failedResult(HEAD, 'no way'), undefined)).toContain('no way');
  });
});
