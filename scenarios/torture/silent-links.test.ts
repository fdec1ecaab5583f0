/** Links of a pair that go half-open: who takes silence for life, or for death, trades twice. */
import { expect, it } from 'vitest';
import { buildFaultShim } from './fault-shim.ts';
import { tortureReport } from './report-torture.ts';
import { KINDS, runTorture } from './run-torture.ts';

const shim = buildFaultShim();
const reason = shim.kind === 'none' ? shim.reason : 'is there';
const TEST_MS = 600_000;

it.skipIf(shim.kind === 'none')(
  `no order is lost or sent twice, each way by itself (needs the shim, which ${reason})`,
  async () => {
    const failures = KINDS['silent-pair'];
    const tortured = await runTorture({
      ...{ subject: 'silent-pair', failures, seed: 5, lanes: 1, onPlayed() {} },
    });
    const { played, intents, orders, notSent } = tortured;
    const found = played.filter(({ problems }) => problems.length > 0);
    expect(found, tortureReport(tortured).join('\n')).toEqual([]);
    expect(played).toHaveLength(failures);
    expect(orders + notSent).toBe(intents);
    expect(orders).toBeGreaterThan(failures);
  },
  TEST_MS,
);
