/** The verdict on a group of edges: a late takeover, a lost tick or a crash must break it. */
import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { edgeScenarioOf } from '../file/edge-scenario.ts';
import { scaledScenario } from '../file/scaled.ts';
import { parseYaml } from '../file/yaml.ts';
import { judgeEdges } from './judge-edges.ts';
import type { PlayedEdges } from './play-edges.ts';

const TEXT = `
name: short
about: One of two edges is killed, then leaves.
edges: { session: 2s }
load: [{ for: 60s, rate: 100 }]
faults:
  - { at: 5s, for: 1s, target: edge, kind: kill }
  - { at: 9s, for: 1s, target: edge, kind: leave }
invariants: { ticksTakenOnce: true, goesOnWithin: 3s }
thresholds: { edge-takeover: [max < 2s], edge-leave: [max < 1s] }
`;
const read = (text: string) => edgeScenarioOf(parseYaml(text, 'short.yaml'));
const SCENARIO = read(TEXT);
const BYTES = [1, 2].map(each => Uint8Array.of(each));

function played(change: Partial<PlayedEdges> = {}, tookSeconds = 2.5): PlayedEdges {
  const place = { symbol: 'A', edge: 'edge-1', partition: 0, seenMs: 0 };
  const states = [{ ...place, ticks: 2, check: crc32(Uint8Array.of(1, 2)) }];
  const faults = SCENARIO.faults.map(fault => ({
    ...{ fault, injectedNs: fault.at, undoneNs: fault.at },
    tookNs: fault.kind === 'kill' ? tookSeconds * SECOND_NS : SECOND_NS / 2,
  }));
  const seen = { ticks: new Map([['A', BYTES]]), states, forecasts: [] };
  return { beginNs: 0, endNs: 60 * SECOND_NS, faults, crashes: [], seen, ...change };
}

const broken = (of: PlayedEdges) =>
  judgeEdges(SCENARIO, of).invariants.flatMap(({ name, violations }) =>
    violations.length > 0 ? name : [],
  );

it('breaks by a late takeover, a lost tick and a crash, and by nothing else', () => {
  expect(broken(played())).toEqual([]);
  expect(broken(played({}, 3.1))).toEqual(['goesOnWithin']);
  expect(broken(played({ crashes: ['edge-1: 1'] }))).toEqual(['processesLive']);
  const ticks = new Map([['A', [...BYTES, Uint8Array.of(3)]]]);
  const seen = { ...played().seen, ticks };
  expect(broken(played({ seen }))).toEqual(['ticksTakenOnce']);
});

it('measures a kill and a leave apart', () => {
  const { thresholds, measured } = judgeEdges(SCENARIO, played());
  expect(measured['edge-takeover']).toEqual([{ atNs: 5 * SECOND_NS, value: 2.5 * SECOND_NS }]);
  expect(measured['edge-leave']).toEqual([{ atNs: 9 * SECOND_NS, value: SECOND_NS / 2 }]);
  expect(thresholds.map(({ isMet }) => isMet)).toEqual([false, true]);
});

it('is played shorter with its faults in their order', () => {
  const { load, faults } = scaledScenario(SCENARIO, 0.1);
  expect([load[0]!.for, ...faults.map(({ at }) => at)]).toEqual([6e9, 0.5e9, 0.9e9]);
});

it.each([
  ['a broker that nothing goes on without', ['kind: leave', 'kind: with-leader'], 'brokers: 3'],
  ['faults out of their order', ['at: 9s', 'at: 4s'], 'put them in order'],
  ['a single edge', ['session: 2s', 'members: 1, session: 2s'], 'members'],
])('refuses %s, with the line', (_, [from, to], said) => {
  expect(() => read(TEXT.replace(from!, to!))).toThrow(said);
});
