/** Failures of two gateways and their witness: no takeover may lose or double an order. */
import { expect, it } from 'vitest';
import { buildFaultShim } from './fault-shim.ts';
import { tortureReport } from './report-torture.ts';
import { runTorture } from './run-torture.ts';

const shim = buildFaultShim();
const reason = shim.kind === 'none' ? shim.reason : 'is there';
const FAILURES_IN_CI = 8;
const TEST_MS = 400_000;

it.skipIf(shim.kind === 'none')(
  `every intent ends as one order or one logged not-sent (needs the shim, which ${reason})`,
  async () => {
    const tortured = await runTorture({
      ...{ subject: 'pair', failures: FAILURES_IN_CI, seed: 3, lanes: 1 },
      onPlayed() {},
    });
    const { played, intents, orders, notSent } = tortured;
    const report = tortureReport(tortured).join('\n');
    expect(
      played.filter(({ problems }) => problems.length > 0),
      report,
    ).toEqual([]);
    expect(played.filter(({ isMissed }) => !isMissed).length).toBeGreaterThanOrEqual(6);
    expect(orders + notSent).toBe(intents);
    expect(orders).toBeGreaterThan(FAILURES_IN_CI);
  },
  TEST_MS,
);
