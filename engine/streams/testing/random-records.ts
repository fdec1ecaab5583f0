/** Random records out of order, and the event time that a topology may know before each. */

import fc from 'fast-check';

export type Given = {
  /** Which of the sources it comes from. */
  readonly side: number;
  readonly key: string;
  /** Its place in the list: it tells records apart. */
  readonly id: number;
  readonly timeMs: number;
};

/** Up to 40 records of three keys in 60 ms, of so many sources: many meet at borders. */
export function randomRecords(sides: number): fc.Arbitrary<readonly Given[]> {
  const record = fc.record({
    side: fc.integer({ min: 0, max: sides - 1 }),
    key: fc.constantFrom('a', 'b', 'c'),
    timeMs: fc.integer({ min: 0, max: 60 }),
  });
  return fc.array(record, { maxLength: 40 }).map(list => list.map((each, id) => ({ ...each, id })));
}

export type SourceSettings = { readonly sides: number; readonly outOfOrderMs: number };

/** By record: the least over the sources of their latest times so far, less what may be late. */
export function watermarks(
  records: readonly Given[],
  { sides, outOfOrderMs }: SourceSettings,
  when: 'before' | 'after',
): number[] {
  return records.map((_, at) => {
    const seen = records.slice(0, when === 'before' ? at : at + 1);
    const latest = Array.from({ length: sides }, (_each, side) =>
      Math.max(-Infinity, ...seen.filter(each => each.side === side).map(each => each.timeMs)),
    );
    return Math.min(...latest) - outOfOrderMs;
  });
}

/** Records in the order they come whose time, with a grace, event time has not passed. */
export function inTime(
  records: readonly Given[],
  sources: SourceSettings,
  latenessMs: number,
): Given[] {
  const before = watermarks(records, sources, 'before');
  return records.filter(({ timeMs }, at) => timeMs + latenessMs >= before[at]!);
}

/** Equal however the lists are ordered. */
export const sortedTexts = (values: readonly unknown[]) =>
  values.map(value => JSON.stringify(value)).sort();
