/** Topologies are cut and planned before they start: topics that do not fit are named. */

import { describe, expect, it } from 'vitest';
import { integer, keyless } from './codecs.ts';
import { text } from './text-codec.ts';
import { topic } from './topic.ts';
import { topologyBuilder } from './topology-builder.ts';
import { windowed } from './windowed-codec.ts';
import { tumbling } from './windows.ts';

const left = topic({ name: 'left', key: text, value: integer });
const right = topic({ name: 'right', key: text, value: integer });
const foreign = topic({ name: 'foreign', key: text, value: integer, partitioner: 'murmur2' });
const output = topic({ name: 'output', key: text, value: integer });
const within = { beforeMs: 5, afterMs: 5 };
const add = (a: number, b: number) => a + b;

function joined(first: typeof left, second: typeof left, isRekeyed: boolean) {
  const builder = topologyBuilder({ name: 'app' });
  const other = builder.stream(second);
  const keyed = isRekeyed ? other.keyBy((_, key) => key, text) : other;
  builder.stream(first).join(keyed, { within }, add).to(output);
  return builder.build();
}

const counts = (given: Readonly<Record<string, number>>) => new Map(Object.entries(given));

describe('a plan', () => {
  it('refuses topics of a join with unequal partitions, by name', () => {
    expect(() => joined(left, right, false).plan(counts({ left: 4, right: 3, output: 1 }))).toThrow(
      'topology app: right has 3, left has 4 partitions, but they are read together',
    );
  });

  it('gives a repartition topic as many partitions as what it is joined with', () => {
    const plan = joined(left, right, true).plan(counts({ left: 4, right: 3, output: 1 }));
    expect(plan.partitionCounts.get('app-key-by-1-repartition')).toBe(4);
    expect(plan.create.map(({ topic: name, partitions }) => [name, partitions])).toEqual([
      ['app-key-by-1-repartition', 4],
      ['app-dead-letters', 1],
    ]);
  });

  it('gives one that stands alone as many as its source, and chains of them too', () => {
    const builder = topologyBuilder({ name: 'app' });
    const sums = builder
      .stream(left)
      .groupBy((_, key) => key, text)
      .reduce(add)
      .toStream();
    sums
      .groupBy((_, key) => key, text)
      .count()
      .to(output);
    const plan = builder.build().plan(counts({ left: 6, output: 2 }));
    const own = plan.create.filter(({ topic: name }) => name.endsWith('-repartition'));
    expect(own.map(({ partitions }) => partitions)).toEqual([6, 6]);
  });

  it('names a topic that is missing', () => {
    expect(() => joined(left, right, false).plan(counts({ left: 4, output: 1 }))).toThrow(
      'topic right does not exist; create it',
    );
  });

  it('refuses a topic of its own that stands with other partitions', () => {
    const given = { left: 4, right: 3, output: 1, 'app-key-by-1-repartition': 3 };
    expect(() => joined(left, right, true).plan(counts(given))).toThrow(
      'topic app-key-by-1-repartition has 3 partitions, it has to have 4',
    );
  });

  it('refuses more partitions than there are key groups, or some would stay empty', () => {
    const plan = (first: typeof left, given: Readonly<Record<string, number>>) => () => {
      const builder = topologyBuilder({ name: 'app' });
      builder.stream(first).to(output);
      return builder.build().plan(counts({ ...given, output: 1 }));
    };
    expect(plan(left, { left: 129 })).toThrow('topic left: 129 partitions by key-group');
    expect(plan(foreign, { foreign: 129 })).not.toThrow();
  });
});

describe('a join of topics whose writers choose partitions differently', () => {
  it('is refused when it is built, or equal keys would not meet', () => {
    expect(() => joined(left, foreign, false)).toThrow(
      'source-1 is partitioned by key-group, source-0 by murmur2: equal keys do not meet; put',
    );
  });

  it('is made to fit by keyBy: what is repartitioned goes where the other is', () => {
    const text = joined(foreign, left, true).describe();
    expect(text).toContain('writes app-key-by-1-repartition-murmur2');
  });
});

it('repartitions only where the key has changed, once, and not before it is needed', () => {
  const builder = topologyBuilder({ name: 'app' });
  const stream = builder.stream(left);
  stream.groupByKey().count().to(output);
  const rekeyed = stream.keyBy((_, key) => key, text);
  rekeyed.to(output);
  rekeyed.groupByKey().count().to(output);
  rekeyed.groupByKey().reduce(add).to(output);
  expect(
    builder
      .build()
      .describe()
      .match(/writes \S+-repartition\n/g),
  ).toHaveLength(1);
});

describe('a topology', () => {
  const build = () => {
    const builder = topologyBuilder({ name: 'app' });
    const { odd, even } = builder
      .stream(left)
      .branch({ odd: value => value % 2 === 1, even: () => true });
    const rows = builder.table(right, { name: 'rows' });
    odd.joinTable(rows, add).to(output);
    even
      .groupBy((_, key) => key.slice(0, 1), text)
      .windowedBy(tumbling(1_000))
      .count({ name: 'initials' })
      .to(topic({ name: 'initials', key: text, value: windowed(integer) }));
    return builder.build();
  };

  it('prints itself, the same each time it is built', () => {
    expect(build().describe()).toBe(`topology app
  sub-topology 0
    source-0 reads left
    branch-1 from source-0
    rows reads right keeps app-rows
    join-table-3 from branch-1.odd, rows
    sink-4 from join-table-3 writes output
    key-by-5 from branch-1.even
    key-by-5-repartition-sink from key-by-5 writes app-key-by-5-repartition
  sub-topology 1
    key-by-5-repartition-source reads app-key-by-5-repartition
    initials from key-by-5-repartition-source keeps app-initials
    sink-9 from initials writes initials
`);
  });

  it('draws itself', () => {
    expect(build().draw()).toBe(`flowchart LR
  subgraph s0 ["sub-topology 0"]
    n0["source-0"]
    n1["branch-1"]
    n2["rows"]
    n2s0[("app-rows")]
    n3["join-table-3"]
    n4["sink-4"]
    n5["key-by-5"]
    n6["key-by-5-repartition-sink"]
  end
  subgraph s1 ["sub-topology 1"]
    n7["key-by-5-repartition-source"]
    n8["initials"]
    n8s0[("app-initials")]
    n9["sink-9"]
  end
  t0[/"left"/]
  t1[/"right"/]
  t2[/"output"/]
  t3[/"app-key-by-5-repartition"/]
  t4[/"initials"/]
  t0 --> n0
  n0 --> n1
  n2 -.- n2s0
  t1 --> n2
  n1 -->|odd| n3
  n2 --> n3
  n3 --> n4
  n4 --> t2
  n1 -->|even| n5
  n5 --> n6
  n6 --> t3
  t3 --> n7
  n8 -.- n8s0
  n7 --> n8
  n8 --> n9
  n9 --> t4
`);
  });

  it('tells the runtime its sources, sinks and stores', () => {
    const [first, second] = build().subTopologies;
    expect([first!.sources, first!.sinks]).toEqual([
      ['left', 'right'],
      ['output', 'app-key-by-5-repartition', 'app-dead-letters'],
    ]);
    expect(second!.stores.map(({ name }) => name)).toEqual(['app-initials', 'app-1-event-time']);
  });
});

it('refuses what could not be run: names twice, bad names, nothing to read', () => {
  const builder = topologyBuilder({ name: 'app' });
  expect(() => builder.build()).toThrow('topology app reads nothing');
  builder.table(left, { name: 'rows' });
  expect(() => builder.table(right, { name: 'rows' })).toThrow('node name rows is taken twice');
  expect(() => builder.stream(left).branch({ '1': () => true })).toThrow('branch name "1"');
  const unkeyed = builder.stream(topic({ name: 'unkeyed', key: keyless, value: integer }));
  expect(() => unkeyed.groupByKey().count()).toThrow('has records without keys: put keyBy');
  expect(() => topologyBuilder({ name: 'a b' })).toThrow('topic name "a b"');
  expect(() => topic({ ...left, outOfOrderMs: -1 })).toThrow('topic left: outOfOrderMs is -1');
});
