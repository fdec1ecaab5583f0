/** Runbooks and scenarios: without this test, a step could be written that nobody has ever done. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isEdgeScenario } from './runner/file/edge-scenario.ts';
import { scenarioOf } from './runner/file/scenario.ts';
import { isStreamScenario } from './runner/file/stream-scenario.ts';
import { openYaml } from './runner/file/yaml.ts';

const FOLDER = import.meta.dirname;
const RUNBOOKS = join(FOLDER, '..', 'docs', 'runbooks');
const runbooks = readdirSync(RUNBOOKS).map(file => file.replace(/\.md$/, ''));

/** By `RUNBOOK/STEP`, what does it: by scenario its steps, and faults by target and kind. */
function doneBy(): Map<string, Map<string, string[]>> {
  const done = new Map<string, Map<string, string[]>>();
  for (const file of readdirSync(FOLDER)
    .filter(name => name.endsWith('.yaml'))
    .sort()) {
    const source = openYaml(join(FOLDER, file));
    // A group of processes has no operators.
    if (isStreamScenario(source) || isEdgeScenario(source)) continue;
    const { name, faults, steps } = scenarioOf(source);
    const doing = [
      ...faults.map(({ target, kind, does }) => ({ does, by: `${target} ${kind}` })),
      ...steps.map(step => ({ does: step.does, by: step.name })),
    ];
    for (const { does, by } of doing) {
      for (const key of does) {
        const scenarios = done.get(key) ?? new Map<string, string[]>();
        done.set(key, scenarios.set(name, [...(scenarios.get(name) ?? []), by]));
      }
    }
  }
  return done;
}

const stepsIn = (text: string) => [...text.matchAll(/^(\d+)\. /gm)].map(([, number]) => number!);

const rowOf = (step: string, scenarios: ReadonlyMap<string, readonly string[]>) => {
  const doing = [...scenarios].map(([name, steps]) => `\`${name}\`: ${steps.join(', ')}`);
  return `| ${step} | ${doing.join('; ')} |`;
};

describe.each(runbooks)('%s', runbook => {
  const text = readFileSync(join(RUNBOOKS, `${runbook}.md`), 'utf8');
  const steps = stepsIn(text);
  const done = doneBy();

  it('has each of its steps done by a scenario, and says by which', () => {
    expect(steps.length).toBeGreaterThan(0);
    expect(steps).toEqual(steps.map((_, at) => String(at + 1)));
    const missing = steps.filter(step => !done.has(`${runbook}/${step}`));
    expect(missing, 'name them in `does` of a step of a scenario').toEqual([]);
    const rows = steps.map(step => rowOf(step, done.get(`${runbook}/${step}`)!));
    expect(text.split('\n').filter(line => /^\| \d+ \|/.test(line))).toEqual(rows);
  });
});

it('scenarios do no steps that no runbook has', () => {
  const known = runbooks.flatMap(runbook => {
    const text = readFileSync(join(RUNBOOKS, `${runbook}.md`), 'utf8');
    return stepsIn(text).map(step => `${runbook}/${step}`);
  });
  expect([...doneBy().keys()].filter(key => !known.includes(key))).toEqual([]);
});
