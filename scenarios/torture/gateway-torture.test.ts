/** Failures of a gateway process, every kind at least once: none may lose or double an order. */
import { expect, it } from 'vitest';
import { buildFaultShim } from './fault-shim.ts';
import { tortureReport } from './report-torture.ts';
import { KINDS, runTorture } from './run-torture.ts';

const shim = buildFaultShim();
const reason = shim.kind === 'none' ? shim.reason : 'is there';
const FAILURES_IN_CI = 66;
const TEST_MS = 600_000;

it.skipIf(shim.kind === 'none')(
  `every intent ends as one order or one logged not-sent (needs the shim, which ${reason})`,
  async () => {
    const tortured = await runTorture({
      subject: 'gateway',
      failures: FAILURES_IN_CI,
      seed: 1,
      lanes: 3,
      onPlayed() {},
    });
    const { played, kept, intents, orders, notSent } = tortured;
    expect(
      played.filter(({ problems }) => problems.length > 0),
      report(tortured),
    ).toEqual([]);
    expect(kept).toEqual([]);
    const injected = played.filter(({ isMissed }) => !isMissed);
    expect(injected.length).toBeGreaterThanOrEqual(50);
    expect(new Set(played.map(({ failure }) => failure)).size).toBe(KINDS.gateway);
    expect(orders + notSent).toBe(intents);
    expect(orders).toBeGreaterThan(injected.length);
    expect(notSent).toBeGreaterThan(0);
  },
  TEST_MS,
);

const report = (tortured: Parameters<typeof tortureReport>[0]) =>
  tortureReport(tortured).join('\n');
