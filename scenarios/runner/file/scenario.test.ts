/** Without these, a scenario with a slip would start, or be refused without a hint where it is. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { edgeScenarioOf, isEdgeScenario } from './edge-scenario.ts';
import { scaledScenario } from './scaled.ts';
import { loadNs, parseScenario, scenarioOf } from './scenario.ts';
import { isStreamScenario, streamScenarioOf } from './stream-scenario.ts';
import { openYaml, parseYaml, type Yaml } from './yaml.ts';

const FOLDER = join(import.meta.dirname, '..', '..');
const SHIPPED = readdirSync(FOLDER).filter(name => name.endsWith('.yaml'));

const HEAD = 'name: a\nabout: Something.\nload:\n  - { name: calm, for: 20s, rate: 1 }\n';
const problemOf = (text: string): string => {
  try {
    parseScenario(text, 'a.yaml');
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

function readAs(source: Yaml) {
  if (isStreamScenario(source)) return streamScenarioOf(source);
  return isEdgeScenario(source) ? edgeScenarioOf(source) : scenarioOf(source);
}

it.each(SHIPPED)('takes %s', name => {
  const source = openYaml(join(FOLDER, name));
  expect(`${readAs(source).name}.yaml`).toBe(name);
});

it('ships those that the gate names', () => {
  const named = ['burst', 'feed-interruption', 'gateway-crash', 'verifier-loss'];
  named.push('venue-disconnect', 'sequence-mismatch');
  named.push('kill-switch-under-burst', 'fat-finger', 'runaway-strategy', 'stale-feed');
  expect(SHIPPED).toEqual(expect.arrayContaining(named.map(name => `${name}.yaml`)));
});

it('reads times, defaults and thresholds', () => {
  const text = `${HEAD}faults:\n  - { at: 500ms, for: 1m, target: feed, kind: gap }\n`;
  expect(problemOf(text)).toContain('ends after the load of 20 s');
  const scenario = parseScenario(
    `${text.replace('1m', '1.5s')}thresholds:\n  hits: [rate > 5%]\n`,
    'a',
  );
  expect(scenario).toMatchObject({
    ...{ seed: 1, gateway: 'process', ticks: [], load: [{ name: 'calm', for: 20 * SECOND_NS }] },
    faults: [{ at: SECOND_NS / 2, for: 1.5 * SECOND_NS, target: 'feed', kind: 'gap', share: 0.25 }],
    thresholds: [{ metric: 'hits', limit: 0.05, text: 'hits rate > 5%' }],
  });
  const halved = scaledScenario(scenario, 0.5);
  expect(loadNs(halved)).toBe(10 * SECOND_NS);
  expect(halved.faults).toMatchObject([{ at: SECOND_NS / 4, for: 0.75 * SECOND_NS }]);
});

describe('a bad file is refused with line, field, value and remedy', () => {
  const fault = (text: string) => `${HEAD}faults:\n  - { at: 1s, for: 2s, ${text} }\n`;
  it.each([
    ['sed: 1', 'a.yaml:1: file: Unrecognized key: "sed"'],
    ['seed: -1', 'a.yaml:5: seed: -1'],
    ['load: []', 'Map keys must be unique'],
    ['options: { seed: 3 }', 'a.yaml:5: options.seed: 3: is set by the scenario itself'],
    [
      'thresholds:\n  hits: [rate > fast]',
      'a.yaml:6: thresholds.hits.0: rate > fast: write AGGREGATE',
    ],
    ['thresholds:\n  hits{stage:b}: [rate > 1%]', 'no load stage has this name'],
    ['invariants: { ordersOnce: false }', 'a.yaml:5: invariants.ordersOnce: false'],
    ['a: *b', 'a.yaml: '],
    ['"', 'a.yaml: '],
  ])('%s', (line, problem) => {
    expect(problemOf(`${HEAD}${line}\n`)).toContain(problem);
  });

  it.each([
    ['target: feed, kind: kill', 'a.yaml:6: faults.0.kind: kill'],
    ['target: edge, kind: kill', 'a.yaml:6: faults.0.target: edge'],
    ['target: venue, kind: kill', 'a.yaml:6: faults.0.kind: kill'],
    ['target: verifier, kind: stop, share: 1', 'share'],
    ['target: feed, kind: gap, share: 2', 'a.yaml:6: faults.0.share: 2'],
    [
      'target: verifier, kind: kill }\n  - { at: 2s, for: 2s, target: verifier, kind: stop',
      'a.yaml:7: faults.1',
    ],
  ])('fault %s', (text, problem) => {
    expect(problemOf(fault(text))).toContain(problem);
  });

  const step = (text: string) => `${HEAD}steps:\n  - { name: a, ${text} }\n`;
  it.each([
    ['outrider: help, kill: venue', 'a.yaml:6: steps.0: '],
    ['exit: 1', 'give one of outrider, reads, log, telephone, stop'],
    ['kill: edge', 'a.yaml:6: steps.0.kill: edge'],
    ['outrider: help, says: "("', 'a.yaml:6: steps.0.says: "(": give a regular expression'],
    ['orders: 1, within: 1h', 'a.yaml:6: steps.0.within: 1h: give a time of up to 5m'],
    ['orders: 1, does: [stuck-order]', 'give RUNBOOK/STEP: stuck-order/3'],
    ['orders: 1 }\n  - { name: a, orders: 1', 'a.yaml:7: steps.1.name: a: another step has'],
  ])('step %s', (text, problem) => {
    expect(problemOf(step(text))).toContain(problem);
  });

  it('names the gateway that is no process', () => {
    const text = `${fault('target: gateway, kind: kill')}gateway: run\n`;
    expect(problemOf(text)).toContain('set gateway: process');
  });

  it('bounds aliases and size', () => {
    const layers = Array.from({ length: 9 }, (_, at) => {
      return `x${at}: &x${at} [${Array.from({ length: 9 }, () => `*x${at - 1}`).join(',')}]`;
    });
    const bomb = ['x: &x-1 [a]', ...layers].join('\n').replaceAll('x-1', 'y');
    expect(problemOf(`${HEAD}${bomb}\n`)).toMatch(/alias/i);
    expect(problemOf('#'.repeat(2 ** 20 + 1))).toContain('more than 1 MiB');
  });
});

describe('a bad file of a group is refused with line, field, value and remedy', () => {
  const text = [
    ...['name: a', 'about: Something.', 'load:', '  - { name: calm, for: 20s, rate: 100 }'],
    'streams: { members: 1, partitions: 2, keys: 3, window: 1s, lateness: 1s,',
    '  outOfOrder: 1s, ahead: 1m }',
    'invariants: { barsExact: true }',
  ].join('\n');
  const problemIn = (more: string) => {
    try {
      streamScenarioOf(parseYaml(`${text}\n${more}\n`, 'a.yaml'));
      return 'none';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const fault = (fields: string) => `faults:\n  - { at: 1s, for: 2s, ${fields} }`;

  it('takes a good one', () => expect(problemIn('')).toBe('none'));

  it.each([
    [fault('target: members, kind: storm'), 'a.yaml:9: faults.0.kind: storm: the first member'],
    [fault('target: broker, kind: kill'), 'faults.0.target: broker: nothing goes on without it'],
    [fault('target: source, kind: late, share: 2, by: 1s'), 'faults.0.share: 2'],
    [fault('target: source, kind: late, share: 1, by: 1s').replace('2s', '1m'), 'ends after the'],
    ['thresholds: { result: [p(50) < fast] }', 'thresholds.result.0: p(50) < fast'],
    ['gateway: run', 'Unrecognized key: "gateway"'],
  ])('%s', (more, problem) => expect(problemIn(more)).toContain(problem));
});
