/** Windows of every kind against plain lists: a wrong border, merge or close would show here. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { integer, json } from './codecs.ts';
import type { InWindows } from './grouped.ts';
import { testDriver } from './test-driver.ts';
import {
  type Given,
  inTime,
  randomRecords,
  sortedTexts,
  watermarks,
} from './testing/random-records.ts';
import { text } from './text-codec.ts';
import { topic } from './topic.ts';
import { topologyBuilder } from './topology-builder.ts';
import { windowed } from './windowed-codec.ts';
import { type FixedWindow, hopping, session, sliding, tumbling } from './windows.ts';

type Choice = { readonly latenessMs: number; readonly emit: 'update' | 'close' };
type Ids = readonly number[];

const ids = json<Ids>(parsed => parsed as Ids);
const results = topic({ name: 'results', key: text, value: windowed(ids) });
const lateIds = topic({ name: 'late', key: text, value: integer });
/** Later than all that is given, so that all windows close. */
const END_MS = 100_000;

const choices = fc.record({
  outOfOrderMs: fc.constantFrom(0, 10),
  latenessMs: fc.constantFrom(0, 5, 30),
  sizeMs: fc.constantFrom(1, 7, 20),
});

/** Which ids were in which window, as the topology sent them. */
function run(
  records: readonly Given[],
  outOfOrderMs: number,
  make: (ids: typeof CODECS) => (grouped: Grouped) => InWindows<string, Ids, number>,
) {
  const input = topic({ name: 'input', key: text, value: integer, outOfOrderMs });
  const builder = topologyBuilder({ name: 'windows' });
  const windows = make(CODECS)(builder.stream(input).groupByKey());
  windows.to(results);
  windows.late.to(lateIds);
  const driver = testDriver(builder.build());
  for (const { key, id, timeMs } of records) driver.send(input, { key, value: id, timeMs });
  driver.send(input, { key: 'end', value: -1, timeMs: END_MS });
  return {
    sent: driver
      .read(results)
      .filter(({ key }) => key !== 'end')
      .map(({ key, value }) => ({ key, ...value!, value: value!.value.toSorted((a, b) => a - b) })),
    late: driver.read(lateIds).map(({ value }) => value),
  };
}

type Grouped = ReturnType<ReturnType<typeof streamOfInput>['groupByKey']>;
const streamOfInput = () =>
  topologyBuilder({ name: 'types' }).stream(topic({ name: 'input', key: text, value: integer }));

const CODECS = {
  ids,
  initial: (): Ids => [],
  add: (list: Ids, id: number): Ids => [...list, id],
  merge: (earlier: Ids, later: Ids): Ids => [...earlier, ...later],
};

/** A window takes a record while its end, with the grace, is ahead of event time. */
function fixedModel(
  records: readonly Given[],
  window: FixedWindow,
  { outOfOrderMs, latenessMs }: { outOfOrderMs: number; latenessMs: number },
) {
  const before = watermarks(records, { sides: 1, outOfOrderMs }, 'before');
  const updates: { key: string; startMs: number; endMs: number; value: number[] }[] = [];
  const late: number[] = [];
  const contents = new Map<string, (typeof updates)[number]>();
  records.forEach(({ key, id, timeMs }, at) => {
    let isTaken = false;
    for (let startMs = -1_000 * window.everyMs; startMs <= timeMs; startMs += window.everyMs) {
      const endMs = startMs + window.sizeMs;
      if (timeMs >= endMs || endMs + latenessMs <= before[at]!) continue;
      isTaken = true;
      const old = contents.get(`${key} ${startMs}`)?.value ?? [];
      const next = { key, startMs, endMs, value: [...old, id] };
      contents.set(`${key} ${startMs}`, next);
      updates.push(next);
    }
    if (!isTaken) late.push(id);
  });
  return { updates, finals: [...contents.values()], late };
}

const settingsOf = (choice: { latenessMs: number }, emit: Choice['emit']): Choice => ({
  latenessMs: choice.latenessMs,
  emit,
});

it.each([
  ['tumbling', (sizeMs: number) => tumbling(sizeMs)],
  ['hopping', (sizeMs: number) => hopping(sizeMs, Math.ceil(sizeMs / 3))],
] as const)(
  '%s windows hold what a plain list says, at each change and at the close',
  (_, make) => {
    fc.assert(
      fc.property(randomRecords(1), choices, (records, choice) => {
        const window = make(choice.sizeMs);
        const model = fixedModel(records, window, choice);
        const runWith = (emit: Choice['emit']) =>
          run(
            records,
            choice.outOfOrderMs,
            ({ initial, add }) =>
              grouped =>
                grouped
                  .windowedBy(window, settingsOf(choice, emit))
                  .aggregate({ initial, add, value: ids }),
          );
        const updates = runWith('update');
        expect(updates.sent).toEqual(model.updates);
        expect(updates.late).toEqual(model.late);
        const closed = runWith('close');
        expect(sortedTexts(closed.sent)).toEqual(sortedTexts(model.finals));
        expect(closed.late).toEqual(model.late);
      }),
      { numRuns: 150 },
    );
  },
);

/** Records of a key, sorted by time and cut where two are further apart than the gap. */
function sessionModel(records: readonly Given[], gapMs: number) {
  const sessions: { key: string; startMs: number; endMs: number; value: number[] }[] = [];
  for (const key of ['a', 'b', 'c']) {
    const own = records.filter(each => each.key === key).sort((a, b) => a.timeMs - b.timeMs);
    for (const { id, timeMs } of own) {
      const last = sessions.at(-1);
      if (last?.key === key && timeMs - last.endMs <= gapMs) {
        last.endMs = timeMs;
        last.value.push(id);
      } else sessions.push({ key, startMs: timeMs, endMs: timeMs, value: [id] });
    }
  }
  return sessions.map(each => ({ ...each, value: each.value.sort((a, b) => a - b) }));
}

it('sessions are the runs of records without a gap, whatever order they come in', () => {
  fc.assert(
    fc.property(randomRecords(1), choices, (records, choice) => {
      const { sizeMs: gapMs, latenessMs, outOfOrderMs } = choice;
      const taken = inTime(records, { sides: 1, outOfOrderMs }, latenessMs);
      const runWith = (emit: Choice['emit']) =>
        run(
          records,
          outOfOrderMs,
          ({ initial, add, merge }) =>
            grouped =>
              grouped
                .windowedBy(session(gapMs), settingsOf(choice, emit))
                .aggregate({ initial, add, merge, value: ids }),
        );
      const closed = runWith('close');
      const model = sessionModel(taken, gapMs);
      expect(sortedTexts(closed.sent)).toEqual(sortedTexts(model));
      const lateModel = records.filter(each => !taken.includes(each)).map(({ id }) => id);
      expect(closed.late).toEqual(lateModel);
      // Of updates the last that overlaps a session's time stands: it is the session.
      const updates = runWith('update').sent;
      expect(updates).toHaveLength(taken.length);
      for (const { key, startMs, endMs, value } of model) {
        const last = updates.findLast(
          each => each.key === key && each.startMs <= endMs && each.endMs >= startMs,
        );
        expect(last).toEqual({ key, startMs, endMs, value });
      }
    }),
    { numRuns: 150 },
  );
});

it('a session takes a record exactly a gap behind it, though event time is there already', () => {
  const given = ['a', 'b', 'a'].map((key, id) => ({ side: 0, key, id, timeMs: id === 0 ? 0 : 7 }));
  const { sent } = run(given, 0, ({ initial, add, merge }) => grouped => {
    const sessions = grouped.windowedBy(session(7), { emit: 'close' });
    return sessions.aggregate({ initial, add, merge, value: ids });
  });
  expect(sortedTexts(sent)).toEqual(sortedTexts(sessionModel(given, 7)));
});

it('sliding windows end at each record and hold all that came in their size before it', () => {
  fc.assert(
    fc.property(randomRecords(1), choices, (records, choice) => {
      const { sizeMs, latenessMs, outOfOrderMs } = choice;
      const taken = inTime(records, { sides: 1, outOfOrderMs }, latenessMs);
      const windowAt = (list: readonly Given[], key: string, endMs: number) => {
        const startMs = endMs - sizeMs;
        const inside = list.filter(
          each => each.key === key && each.timeMs >= startMs && each.timeMs <= endMs,
        );
        return { key, startMs, endMs, value: inside.map(({ id }) => id) };
      };
      const ends = new Map(taken.map(each => [`${each.key} ${each.timeMs}`, each]));
      const runWith = (emit: Choice['emit']) =>
        run(
          records,
          outOfOrderMs,
          ({ initial, add, merge }) =>
            grouped =>
              grouped
                .windowedBy(sliding(sizeMs), settingsOf(choice, emit))
                .aggregate({ initial, add, merge, value: ids }),
        );
      const model = [...ends.values()].map(({ key, timeMs }) => windowAt(taken, key, timeMs));
      const closed = runWith('close');
      expect(sortedTexts(closed.sent)).toEqual(sortedTexts(model));
      const updates = taken.flatMap(({ key, timeMs }, at) => {
        const seen = taken.slice(0, at + 1);
        const changed = seen
          .filter(each => each.key === key && each.timeMs >= timeMs)
          .filter(each => each.timeMs <= timeMs + sizeMs)
          .map(each => each.timeMs);
        return [...new Set(changed)].sort((a, b) => a - b).map(endMs => windowAt(seen, key, endMs));
      });
      expect(runWith('update').sent).toEqual(updates);
    }),
    { numRuns: 150 },
  );
});
