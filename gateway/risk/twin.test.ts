/** Risk in Rust and its twin: without these tests, a replay elsewhere could refuse other orders. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadedKernels } from '#native';
import { createRiskMemory } from './create-memory.ts';
import { ANSWER, CALL, PART } from './layout.ts';
import { ruleName } from './rules.ts';
import { changeLimits, type RiskCase, riskCase } from './testing/arbitrary-calls.ts';
import { bindRiskTwin, CONTROLS } from './twin.ts';

const { kind, kernels } = loadedKernels;
const bindKernel = kernels.bindRisk ?? bindRiskTwin;

/** The first act after which memory or answer differ; undefined where none is. */
function firstDifference({ topology, acts }: RiskCase, controls = CONTROLS): number | undefined {
  const [kernel, twin] = [createRiskMemory(topology), createRiskMemory(topology)];
  const [callKernel, callTwin] = [bindKernel(kernel), bindRiskTwin(twin, controls)];
  for (const [at, act] of acts.entries()) {
    if (at % 7 === 6) for (const memory of [kernel, twin]) changeLimits(memory, at * acts.length);
    const answers = [act(kernel, callKernel), act(twin, callTwin)];
    if (answers[0] !== answers[1] || differs(kernel, twin)) return at;
  }
  return undefined;
}

const differs = (kernel: Float64Array, twin: Float64Array) =>
  Buffer.compare(Buffer.from(kernel.buffer), Buffer.from(twin.buffer)) !== 0;

describe(`the ${kind} in use and the twin`, () => {
  it('leave the same bytes after every call, over random limits, intents and histories', () => {
    fc.assert(
      fc.property(riskCase, each => {
        expect(firstDifference(each)).toBeUndefined();
      }),
      { numRuns: 1500 },
    );
  });

  it.each(CONTROLS.map((control, at) => [ruleName(control.rule), at] as const))(
    'are told apart by random cases where one of them lacks %s, or equality would say nothing',
    (_, left) => {
      const controls = CONTROLS.filter((_control, at) => at !== left);
      const equality = fc.property(riskCase, each => firstDifference(each, controls) === undefined);
      const { failed } = fc.check(equality, { numRuns: 3000, endOnFailure: true, seed: 7 });
      expect(failed).toBe(true);
    },
  );
});

it('meets every rule and approvals, or the cases would not be about the controls', () => {
  const met = new Set<number>();
  fc.assert(
    fc.property(riskCase, ({ topology, acts }) => {
      const memory = createRiskMemory(topology);
      const call = bindRiskTwin(memory);
      for (const act of acts) {
        act(memory, what => {
          const answer = call(what);
          if (what === CALL.judge) met.add(answer);
          for (let at = 0; at < memory[PART.answer + ANSWER.alerts]!; at++) {
            met.add(memory[PART.alerts + at * PART.alertValues]!);
          }
          return answer;
        });
      }
    }),
    { numRuns: 6000, seed: 7 },
  );
  const rules = Array.from({ length: 36 }, (_, at) => at + 1);
  expect(rules.filter(rule => !met.has(rule)).map(ruleName)).toEqual([]);
  expect(met.has(0)).toBe(true);
});
