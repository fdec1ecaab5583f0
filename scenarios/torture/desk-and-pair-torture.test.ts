/** Failures of a desk at two venues, and of two gateways with their witness: no order is lost. */
import { describe, expect, it } from 'vitest';
import { buildFaultShim } from './fault-shim.ts';
import { tortureReport } from './report-torture.ts';
import { runTorture } from './run-torture.ts';

const shim = buildFaultShim();
const reason = shim.kind === 'none' ? shim.reason : 'is there';
const FAILURES_IN_CI = 8;
const TEST_MS = 600_000;

const SUBJECTS = [
  { subject: 'desk', seed: 1 },
  { subject: 'pair', seed: 3 },
] as const;

describe.skipIf(shim.kind === 'none')(`tortured (needs the shim, which ${reason})`, () => {
  it.concurrent.each(SUBJECTS)(
    'a $subject: every intent ends as one order or one logged not-sent',
    async ({ subject, seed }) => {
      const tortured = await runTorture({
        ...{ subject, failures: FAILURES_IN_CI, seed, lanes: 1 },
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
});
