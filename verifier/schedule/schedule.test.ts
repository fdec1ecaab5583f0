/** The schedule on a clock of its own: fair, bounded, in order, and silent about nothing. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer, Speculation, Verdict } from '../protocol/speculation.ts';
import { createSchedule, type ScheduleLimits } from './schedule.ts';

const LIMITS: ScheduleLimits = { waitingMax: 6, waitingPerConnectionMax: 4, updatesMax: 2 };

type Place = Pick<Speculation, 'instrument' | 'epoch' | 'moveIndex' | 'branches' | 'sideInputs'>;

const requestOf = (
  requestId: number,
  budgetNs: number,
  place: Partial<Place> = {},
): Speculation => ({
  ...{ requestId, instrument: 0, epoch: 0, moveIndex: 8, identity: '', budgetNs },
  update: { kind: 'moves', tokens: Uint8Array.of(requestId % 64) },
  sideInputs: { version: 0, values: undefined },
  ...{ wantsPresent: true, branches: new Uint8Array(0), hints: undefined, ...place },
});

const verdictOf = ({ requestId }: Speculation): Verdict => ({
  ...{ requestId, instrument: 0, epoch: 0, moveIndex: 8, identity: '', serviceNs: 0 },
  ...{ passes: 0, drafted: 0, accepted: 0, verified: 0, contexts: [] },
});

/** A schedule whose turns and time the test moves, with everything that it did written down. */
function createBench({ lanes: laneCount, serviceNs }: { lanes: number; serviceNs: number }) {
  let nowNs = 0;
  const turns: (() => void)[] = [];
  const clock = { nowNs: () => nowNs };
  const schedule = createSchedule({
    limits: LIMITS,
    clock,
    nextTurn: callback => turns.push(callback),
  });
  const served: number[] = [];
  const startedLateNs: number[] = [];
  const receivedNs = new Map<number, number>();
  const lanes = Array.from({ length: laneCount }, (_, index) => {
    const updated: number[] = [];
    const answers: Answer[] = [];
    const failures: unknown[] = [];
    const lane = schedule.join({
      verify: {
        update({ requestId }) {
          served.push(index);
          updated.push(requestId);
          return requestId % 10 === 7 ? 'resync' : 'ok';
        },
        settle(request) {
          startedLateNs.push(nowNs - receivedNs.get(request.requestId)! - request.budgetNs);
          if (request.budgetNs === 666) throw new Error('the session broke');
          nowNs += serviceNs;
          return verdictOf(request);
        },
      },
      answer(answer) {
        answers.push(answer);
        bench.onAnswer();
      },
      failed: cause => failures.push(cause),
    });
    return { lane, updated, answers, failures };
  });
  const bench = {
    ...{ schedule, lanes, served, startedLateNs, onAnswer: () => {} },
    offer(index: number, request: Speculation) {
      receivedNs.set(request.requestId, nowNs);
      lanes[index]!.lane.offer(request, nowNs);
    },
    turn: () => turns.shift()?.(),
    finish() {
      for (let left = 1000; turns.length > 0 && left > 0; left--) turns.shift()!();
    },
    pendingTurns: () => turns.length,
  };
  return bench;
}

const idOf = (answer: Answer) =>
  answer.kind === 'verdict' ? answer.verdict.requestId : answer.refusal.requestId;
const outcomeOf = (answer: Answer) =>
  answer.kind === 'verdict' ? 'verdict' : answer.refusal.reason;

describe('the schedule', () => {
  const step = fc.oneof(
    fc.constant('turn' as const),
    fc.record({
      ...{ lane: fc.nat(2), budgetNs: fc.constantFrom(0, 15, 1000) },
      ...{ instrument: fc.nat(1), epoch: fc.nat(1), moveIndex: fc.integer({ min: 8, max: 12 }) },
    }),
  );

  it('answers each request once, updates in order, starts none too late, holds no more', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), steps => {
        const bench = createBench({ lanes: 3, serviceNs: 10 });
        const offered: number[][] = [[], [], []];
        steps.forEach((each, requestId) => {
          if (each === 'turn') bench.turn();
          else {
            offered[each.lane]!.push(requestId);
            bench.offer(each.lane, requestOf(requestId, each.budgetNs, each));
          }
          expect(bench.schedule.waiting).toBeLessThanOrEqual(LIMITS.waitingMax);
          expect(bench.pendingTurns()).toBeLessThanOrEqual(1);
        });
        bench.finish();
        const { counters } = bench.schedule;
        const updates = bench.lanes.flatMap(({ updated }) => updated).length;
        expect(updates + counters.updatesLost).toBe(offered.flat().length);
        bench.lanes.forEach(({ answers, updated }, index) => {
          expect(answers.map(idOf).sort((a, b) => a - b)).toEqual(offered[index]);
          expect(updated).toEqual([...updated].sort((a, b) => a - b));
        });
        for (const lateNs of bench.startedLateNs) expect(lateNs).toBeLessThan(0);
        expect(bench.schedule.waiting).toBe(0);
      }),
    );
  });

  it('gives every connection its turn, or one greedy edge would starve the others', () => {
    const bench = createBench({ lanes: 3, serviceNs: 10 });
    for (let id = 0; id < 4; id++) bench.offer(0, requestOf(id, 1000));
    bench.offer(1, requestOf(10, 1000));
    bench.offer(2, requestOf(20, 1000));
    bench.finish();
    expect(bench.served).toEqual([0, 1, 2, 0, 0, 0]);
  });

  it('refuses beyond its bounds, yet keeps the context in step until even that is too much', () => {
    const bench = createBench({ lanes: 2, serviceNs: 10 });
    for (let id = 0; id < 7; id++) bench.offer(0, requestOf(id * 10, 1000));
    for (let id = 0; id < 3; id++) bench.offer(1, requestOf(id * 10 + 1, 1000));
    expect(bench.schedule.waiting).toBe(6);
    expect(bench.lanes[0]!.answers.map(outcomeOf)).toEqual(Array(3).fill('overloaded'));
    expect(bench.lanes[1]!.answers.map(outcomeOf)).toEqual(['overloaded']);
    bench.finish();
    expect(bench.lanes[0]!.updated).toEqual([0, 10, 20, 30, 40, 50]);
    expect(bench.lanes[1]!.updated).toEqual([1, 11, 21]);
    expect(bench.schedule.counters).toEqual({
      ...{ settled: 6, resyncs: 0, expired: 0, overloaded: 4, superseded: 0 },
      ...{ updatesLost: 1, failed: 0 },
    });
  });

  describe('of what waits for an instrument', () => {
    const at = (moveIndex: number, place: Partial<Place> = {}) => ({ moveIndex, ...place });

    it('drops what the market has left behind, or passes would answer nobody', () => {
      const bench = createBench({ lanes: 1, serviceNs: 10 });
      const [{ answers, updated }] = bench.lanes as [(typeof bench.lanes)[number]];
      for (const [id, moveIndex] of [8, 9, 11].entries()) {
        bench.offer(0, requestOf(id, 1000, at(moveIndex)));
      }
      // Move 11 is past both, and past the branches of 9, which speak of 10.
      expect(answers.map(answer => [idOf(answer), outcomeOf(answer)])).toEqual([
        [0, 'superseded'],
        [1, 'superseded'],
      ]);
      expect(bench.schedule.waiting).toBe(1);
      bench.finish();
      expect(answers.slice(2).map(outcomeOf)).toEqual(['verdict']);
      // Their moves are known all the same: the context of the newest stands on them.
      expect(updated).toEqual([0, 1, 2]);
      expect(bench.schedule.counters).toMatchObject({ superseded: 2, settled: 1, resyncs: 0 });
    });

    it('keeps what a branch may still answer, other instruments and other edges', () => {
      const bench = createBench({ lanes: 2, serviceNs: 10 });
      const branches = Uint8Array.of(31, 3);
      bench.offer(0, requestOf(0, 1000, at(8, { branches })));
      bench.offer(0, requestOf(1, 1000, at(8, { instrument: 1 })));
      bench.offer(1, requestOf(2, 1000, at(8)));
      // The move that brings it to 9 has token 3.
      bench.offer(0, requestOf(3, 1000, at(9)));
      bench.offer(1, requestOf(4, 1000, at(8)));
      bench.finish();
      expect(bench.schedule.counters).toMatchObject({ superseded: 0, settled: 5 });
    });

    it('drops branches that the next move has ruled out, or likelier ones would wait', () => {
      const bench = createBench({ lanes: 1, serviceNs: 10 });
      const asked = [Uint8Array.of(31, 32), Uint8Array.of(30, 12), Uint8Array.of(33, 29)];
      for (const [id, branches] of asked.entries()) {
        bench.offer(0, requestOf(id, 1000, at(8, { branches })));
      }
      bench.offer(0, requestOf(12, 1000, at(9, { branches: asked[0]! })));
      bench.finish();
      expect(bench.lanes[0]!.answers.map(answer => [idOf(answer), outcomeOf(answer)])).toEqual([
        [0, 'superseded'],
        [2, 'superseded'],
        [1, 'verdict'],
        [12, 'verdict'],
      ]);
    });

    it('drops what was asked under an older version of side inputs', () => {
      const bench = createBench({ lanes: 1, serviceNs: 10 });
      const branches = Uint8Array.of(31, 33);
      const under = (version: number) => ({ sideInputs: { version, values: undefined } });
      for (const [id, version] of [1, 1, 2].entries()) {
        bench.offer(0, requestOf(id, 1000, at(8, { branches, ...under(version) })));
      }
      bench.finish();
      expect(bench.lanes[0]!.answers.map(answer => [idOf(answer), outcomeOf(answer)])).toEqual([
        [0, 'superseded'],
        [1, 'superseded'],
        [2, 'verdict'],
      ]);
    });

    it('drops all of an epoch that is over', () => {
      const bench = createBench({ lanes: 1, serviceNs: 10 });
      bench.offer(0, requestOf(0, 1000, at(9)));
      bench.offer(0, requestOf(1, 1000, at(8, { epoch: 1 })));
      // A peer that counts backwards supersedes nothing.
      bench.offer(0, requestOf(2, 1000, at(30)));
      bench.finish();
      expect(bench.lanes[0]!.answers.map(outcomeOf)).toEqual(['superseded', 'verdict', 'verdict']);
    });

    it('makes room for the newest where all places are taken, within the bound of updates', () => {
      const bench = createBench({ lanes: 1, serviceNs: 10 });
      for (let id = 0; id < 4; id++) bench.offer(0, requestOf(10 * id, 1000, at(8)));
      bench.offer(0, requestOf(40, 1000, at(10)));
      // Two of the four gave up their places; the updates of more than two may not wait.
      expect(bench.lanes[0]!.answers.map(outcomeOf)).toEqual(['superseded', 'superseded']);
      expect(bench.schedule.waiting).toBe(3);
      bench.finish();
      expect(bench.lanes[0]!.updated).toEqual([0, 10, 20, 30, 40]);
      expect(bench.schedule.counters).toMatchObject({ settled: 3, overloaded: 0, updatesLost: 0 });
    });

    it('says nothing more to an edge that an answer made leave', () => {
      const bench = createBench({ lanes: 1, serviceNs: 10 });
      const [{ answers, lane, updated }] = bench.lanes as [(typeof bench.lanes)[number]];
      bench.onAnswer = () => lane.leave();
      bench.offer(0, requestOf(0, 1000, at(8)));
      bench.offer(0, requestOf(1, 1000, at(10)));
      bench.finish();
      expect([answers.length, updated.length, bench.schedule.waiting]).toEqual([1, 0, 0]);
    });
  });

  it('settles one request a turn, or heartbeats would wait for the whole queue', () => {
    const bench = createBench({ lanes: 1, serviceNs: 10 });
    bench.offer(0, requestOf(0, 1000));
    bench.offer(0, requestOf(1, 1000));
    expect(bench.lanes[0]!.answers).toHaveLength(0);
    bench.turn();
    expect(bench.lanes[0]!.answers).toHaveLength(1);
    bench.turn();
    expect(bench.lanes[0]!.answers).toHaveLength(2);
  });

  it('drops what a connection left behind, and gives up a session that breaks', () => {
    const bench = createBench({ lanes: 2, serviceNs: 10 });
    bench.offer(0, requestOf(0, 1000));
    bench.offer(1, requestOf(1, 666));
    bench.offer(1, requestOf(2, 1000));
    bench.lanes[0]!.lane.leave();
    bench.finish();
    expect(bench.lanes[0]!.answers).toHaveLength(0);
    expect(bench.lanes[1]!.answers).toHaveLength(0);
    expect(bench.lanes[1]!.failures).toHaveLength(1);
    expect(bench.schedule.waiting).toBe(0);
  });
});
