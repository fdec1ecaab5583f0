/** The Hawkes process: without these tests, simulated markets could be calm or explode. */
import { describe, expect, it } from 'vitest';
import { OutriderError, SECOND_NS, seededRandom } from '#engine';
import { SIMA_FLOW, SIMB_FLOW } from './built-in-flows.ts';
import {
  createHawkes,
  type HawkesConfig,
  spectralRadius,
  stationaryRatesPerSecond,
} from './hawkes.ts';

const TWO: HawkesConfig = {
  baseRatesPerSecond: [3, 1],
  kernels: [
    {
      decayPerSecond: 20,
      branching: [
        [0.3, 0.1],
        [0.4, 0.1],
      ],
    },
    {
      decayPerSecond: 2,
      branching: [
        [0.1, 0.2],
        [0.0, 0.2],
      ],
    },
  ],
};

/** Events a second of each component, and the variance of counts a second over their mean. */
function measured(config: HawkesConfig, { seed, seconds }: { seed: string; seconds: number }) {
  const hawkes = createHawkes(config, { random: seededRandom(seed), startNs: 0 });
  const counts = config.baseRatesPerSecond.map(() => 0);
  const perSecond = new Array<number>(seconds).fill(0);
  let lastNs = 0;
  for (;;) {
    const { timeNs, component } = hawkes.next();
    if (timeNs >= seconds * SECOND_NS) break;
    if (timeNs <= lastNs) throw new Error('times strictly increase');
    lastNs = timeNs;
    counts[component]!++;
    perSecond[Math.floor(timeNs / SECOND_NS)]!++;
  }
  const mean = perSecond.reduce((sum, count) => sum + count, 0) / seconds;
  const variance = perSecond.reduce((sum, count) => sum + (count - mean) ** 2, 0) / seconds;
  return { rates: counts.map(count => count / seconds), dispersion: variance / mean };
}

describe('the Hawkes process', () => {
  it('runs at its stationary rates, or the built-in markets are as fast as chance has it', () => {
    // By hand: (I - G) = [[0.6, -0.3], [-0.4, 0.7]], so the rates are [2.4, 1.8] / 0.3.
    const theory = stationaryRatesPerSecond(TWO);
    expect(theory[0]).toBeCloseTo(8, 12);
    expect(theory[1]).toBeCloseTo(6, 12);
    const runs = Array.from({ length: 20 }, (_, i) =>
      measured(TWO, { seed: `rates ${i}`, seconds: 2_000 }),
    );
    // The mean of 40,000 seconds has a standard error of 0.44 and 0.51 %.
    theory.forEach((rate, i) => {
      const mean = runs.reduce((sum, { rates }) => sum + rates[i]!, 0) / runs.length;
      expect(Math.abs(mean / rate - 1)).toBeLessThan(0.015);
    });
  });

  it('comes in bursts beyond chance, and a process without excitation does not', () => {
    expect(measured(TWO, { seed: 'bursts', seconds: 2_000 }).dispersion).toBeGreaterThan(3);
    const poisson: HawkesConfig = { baseRatesPerSecond: [8, 6], kernels: [] };
    const { dispersion, rates } = measured(poisson, { seed: 'chance', seconds: 2_000 });
    expect(Math.abs(dispersion - 1)).toBeLessThan(0.15);
    expect(Math.abs(rates[0]! / 8 - 1)).toBeLessThan(0.03);
  });

  it('finds the largest eigenvalue of periodic and defective matrices too', () => {
    expect(
      spectralRadius([
        [0, 2],
        [0.5, 0],
      ]),
    ).toBeCloseTo(1, 9);
    expect(
      spectralRadius([
        [0.5, 9],
        [0, 0.5],
      ]),
    ).toBeCloseTo(0.5, 6);
    expect(
      spectralRadius([
        [0, 1],
        [0, 0],
      ]),
    ).toBe(0);
  });

  it('refuses a process that would explode, instead of running out of memory', () => {
    const options = { random: seededRandom(1), startNs: 0 };
    const explosive = { ...TWO, kernels: [...TWO.kernels, ...TWO.kernels] };
    expect(() => createHawkes(explosive, options)).toThrow(/spectral radius/);
    const misshapen = { ...TWO, kernels: [{ decayPerSecond: 1, branching: [[0.1]] }] };
    expect(() => createHawkes(misshapen, options)).toThrow(OutriderError);
    expect(() => createHawkes({ baseRatesPerSecond: [0], kernels: [] }, options)).toThrow(
      /above 0/,
    );
  });

  it('keeps the built-in instruments clear of instability and at their stated rates', () => {
    for (const [flow, total] of [
      [SIMA_FLOW, 164],
      [SIMB_FLOW, 12.3],
    ] as const) {
      const rates = stationaryRatesPerSecond(flow.arrivals);
      expect(rates.reduce((sum, rate) => sum + rate, 0) / total).toBeCloseTo(1, 2);
      for (const i of [0, 2, 4]) expect(rates[i]).toBeCloseTo(rates[i + 1]!, 9);
    }
    const { rates, dispersion } = measured(SIMA_FLOW.arrivals, { seed: 'SIMA', seconds: 1_500 });
    const total = rates.reduce((sum, rate) => sum + rate, 0);
    expect(Math.abs(total / 164 - 1)).toBeLessThan(0.1);
    expect(dispersion).toBeGreaterThan(10);
  });
});
