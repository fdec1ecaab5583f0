/** Dead letters: what cannot be read or worked with is kept with its reason, and nothing stops. */

import { describe, expect, it } from 'vitest';
import { OutriderError } from '../error.ts';
import { float64, integer, keyless } from './codecs.ts';
import { testDriver } from './test-driver.ts';
import { text } from './text-codec.ts';
import { topic } from './topic.ts';
import { topologyBuilder } from './topology-builder.ts';

const encode = (value: string) => new TextEncoder().encode(value);
const output = topic({ name: 'output', key: text, value: integer });

describe('a record that cannot be read', () => {
  const input = topic({
    ...{ name: 'input', key: text, value: integer, aheadMaxMs: 1_000 },
    timeMs: (value, recordMs) => (value === 13 ? Number.NaN : recordMs),
    checkHeaders(headers) {
      if (headers[0]?.[0] === 'schema') throw new OutriderError('bad-data', 'schema 9 is unknown');
    },
  });
  const open = () => {
    const builder = topologyBuilder({ name: 'app' });
    builder.stream(input).to(output);
    return testDriver(builder.build());
  };
  const good = integer.encode(7);

  it.each([
    ['a key that is no text', { key: Uint8Array.of(0xff), value: good }, 'is not UTF-8'],
    ['a truncated value', { key: encode('a'), value: good.slice(0, 5) }, 'needs 8 bytes, 5 are'],
    ['no key', { key: null, value: good }, 'record of input has no key'],
    ['a tombstone', { key: encode('a'), value: null }, 'a stream takes no tombstones'],
    ['a time that is none', { key: encode('a'), value: integer.encode(13) }, 'has time NaN'],
    ['a time below 0', { key: encode('a'), value: good, timestampMs: -1 }, 'has time -1'],
    [
      'a time in the future',
      { key: encode('a'), value: good, timestampMs: 1_001 },
      '1001 ms ahead',
    ],
    [
      'an unknown schema',
      { key: encode('a'), value: good, headers: [['schema', good]] },
      'schema 9',
    ],
  ] as const)(
    'with %s is kept as it came, with the reason, and the next is read',
    (_, body, why) => {
      const driver = open();
      driver.sendBytes('input', body);
      driver.send(input, { key: 'b', value: 1, timeMs: 2 });
      const [letter] = driver.readDeadLetters();
      expect(letter).toMatchObject({ key: body.key, value: body.value });
      expect(letter!.about).toMatchObject({ topic: 'input', partition: '0', offset: '0' });
      expect(letter!.about.reason).toContain(why);
      expect(driver.read(output)).toEqual([{ key: 'b', value: 1, timeMs: 2 }]);
    },
  );

  it('that its codec fails on with any error is kept, or it would stop all behind it', () => {
    const fail = () => {
      throw new RangeError('beyond the buffer');
    };
    const builder = topologyBuilder({ name: 'app' });
    builder.stream(topic({ ...input, value: { ...integer, decode: fail } })).to(output);
    const driver = testDriver(builder.build());
    driver.sendBytes('input', { key: encode('a'), value: good });
    expect(driver.readDeadLetters()[0]!.about.reason).toBe('integer: beyond the buffer');
  });

  it('does not move event time, or one record from the future would make all others late', () => {
    const driver = open();
    driver.sendBytes('input', { key: encode('a'), value: good, timestampMs: 10_000_000 });
    expect(driver.readDeadLetters()).toHaveLength(1);
    expect(driver.watermarkMs()).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('a record that an operator refuses', () => {
  const input = topic({ name: 'input', key: text, value: float64 });
  const refuse = (value: number) => {
    if (value < 0) throw new OutriderError('bad-data', `${value} is below 0`);
    return Math.round(value);
  };

  it('is kept with the name of the operator, and its siblings have the record nevertheless', () => {
    const builder = topologyBuilder({ name: 'app', deadLetterTopic: 'graveyard' });
    const stream = builder.stream(input);
    stream.mapValues(refuse).to(output);
    stream.mapValues(value => value * 2, float64).to(topic({ ...input, name: 'doubled' }));
    const driver = testDriver(builder.build());
    driver.send(input, { key: 'a', value: -3, timeMs: 1 });
    driver.send(input, { key: 'a', value: 4.2, timeMs: 2 });
    expect(driver.read(output)).toEqual([{ key: 'a', value: 4, timeMs: 2 }]);
    const doubled = driver.read(topic({ ...input, name: 'doubled' })).map(({ value }) => value);
    expect(doubled).toEqual([-6, 8.4]);
    const [letter, ...others] = driver.readDeadLetters();
    expect(others).toEqual([]);
    expect(letter!.about).toMatchObject({ node: 'map-values-1', reason: '-3 is below 0' });
    expect(float64.decode(letter!.value!)).toBe(-3);
  });

  it('stops the task where the error is no bad data: it is a fault of the program', () => {
    const builder = topologyBuilder({ name: 'app' });
    builder
      .stream(input)
      .mapValues(() => {
        throw new TypeError('a bug');
      })
      .to(output as never);
    const driver = testDriver(builder.build());
    expect(() => driver.send(input, { key: 'a', value: 1, timeMs: 1 })).toThrow('a bug');
  });
});

it('takes records without a key where the topic says so', () => {
  const input = topic({ name: 'input', key: keyless, value: integer });
  const builder = topologyBuilder({ name: 'app' });
  builder
    .stream(input)
    .keyBy(value => `key ${value}`, text)
    .to(output);
  const driver = testDriver(builder.build(), { partitions: 3 });
  driver.send(input, { key: null, value: 5, timeMs: 1 });
  expect(driver.read(output)).toEqual([{ key: 'key 5', value: 5, timeMs: 1 }]);
  expect(driver.readDeadLetters()).toEqual([]);
});
