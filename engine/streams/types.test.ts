/** What must not compile does not: each expected error below is one that tsc has to find. */

import { expect, it } from 'vitest';
import { integer } from './codecs.ts';
import { text } from './text-codec.ts';
import { topic } from './topic.ts';
import { topologyBuilder } from './topology-builder.ts';
import { windowed } from './windowed-codec.ts';
import { session, sliding, tumbling } from './windows.ts';

const byText = topic({ name: 'by-text', key: text, value: integer });
const byNumber = topic({ name: 'by-number', key: integer, value: integer });
const within = { beforeMs: 1, afterMs: 1 };
const add = (left: number, right: number) => left + right;

/** Never called, as the next: tsc checks them, and building some of it would throw. */
function wrongJoins() {
  const builder = topologyBuilder({ name: 'types' });
  const texts = builder.stream(byText);
  const numbers = builder.stream(byNumber);
  const textRows = builder.table(byText);
  const numberRows = builder.table(byNumber);
  const bare = texts.mapValues(value => value + 1);

  // @ts-expect-error keys of two types never meet
  texts.join(numbers, { within }, add);
  // @ts-expect-error nor in a look-up
  texts.joinTable(numberRows, add);
  // @ts-expect-error nor as of a time
  texts.joinAsOf(numbers, { emit: 'complete' }, add);
  // @ts-expect-error nor between tables
  textRows.join(numberRows, add, { value: integer });
  // @ts-expect-error nor in one stream
  texts.merge(numbers);
  // @ts-expect-error a join of streams needs a window
  texts.join(texts, {}, add);
  // @ts-expect-error with two borders
  texts.join(texts, { within: { beforeMs: 1 } }, add);
  // @ts-expect-error a stream is no table
  texts.joinTable(texts, add);
  // @ts-expect-error a table is no stream
  texts.join(textRows, { within }, add);
  // @ts-expect-error what waits for partners needs a codec
  bare.join(texts, { within }, add);
  // @ts-expect-error an outer join's sides may be missing
  texts.leftJoin(texts, { within }, add);
  // @ts-expect-error on both sides
  texts.join(bare, { within }, add);
}

function wrongOperators() {
  const builder = topologyBuilder({ name: 'types' });
  const texts = builder.stream(byText);
  const textRows = builder.table(byText);
  const bare = texts.mapValues(value => value + 1);

  // @ts-expect-error what is grouped needs a codec
  bare.groupByKey();
  // @ts-expect-error a topic of other keys
  texts.to(byNumber);
  // @ts-expect-error a topic of other values
  texts.groupByKey().windowedBy(tumbling(5)).count().to(byText);
  // @ts-expect-error a table that is joined needs a codec for its rows
  textRows.join(textRows, add, {});
  // @ts-expect-error a new key needs a codec
  texts.keyBy(value => value);
  // @ts-expect-error a key's codec is of its type
  texts.keyBy(value => value, text);
  // @ts-expect-error a branch that is not there
  texts.branch({ small: value => value < 5 }).large;
  const sum = { initial: () => 0, add: (sum: number, value: number) => sum + value };
  // @ts-expect-error an aggregate needs a codec
  texts.groupByKey().aggregate(sum);
  const inSessions = texts.groupByKey().windowedBy(session(5));
  // @ts-expect-error sessions meet, so their aggregates merge
  inSessions.aggregate({ ...sum, value: integer });
  const inSliding = texts.groupByKey().windowedBy(sliding(5));
  // @ts-expect-error sliding windows overlap, so theirs do too
  inSliding.aggregate({ ...sum, value: integer });
  texts.process({
    states: { last: { value: integer } },
    output: text,
    onRecord(_, { states, emit }) {
      // @ts-expect-error a state's value is of its codec's type
      states.last.set('text');
      // @ts-expect-error a state that is not there
      states.first;
      // @ts-expect-error what is emitted is of the output's type
      emit(5);
    },
  });
}

it('compiles what is right, with types that follow', () => {
  const builder = topologyBuilder({ name: 'types' });
  const texts = builder.stream(byText);
  const both = texts.branch({ odd: value => value % 2 === 1, even: () => true });
  both.odd.merge(both.even).to(byText);
  texts
    .mapValues(value => `${value}`)
    .mapValues(value => value.length, integer)
    .groupBy((length, key) => length + key.length, integer)
    .windowedBy(tumbling(5))
    .count()
    .to(topic({ name: 'lengths', key: integer, value: windowed(integer) }));
  const longer = texts.join(texts, { within }, (left, right, key) => key.repeat(left + right));
  longer
    .withValues(text)
    .groupByKey()
    .reduce((a, b) => a + b);
  longer.late.to(byText);
  texts.leftJoinTable(builder.table(byText), (left, right) => left + (right ?? 0)).to(byText);
  expect(builder.build().subTopologies.length).toBe(2);
  expect([wrongJoins, wrongOperators]).toHaveLength(2);
});
