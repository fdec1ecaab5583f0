/** Poison in a topic with a schema: it must go aside with its reason, and what follows be read. */
import { expect, it } from 'vitest';
import type { IncomingRecord } from '../broker/record.ts';
import { testDriver } from '../streams/test-driver.ts';
import { topic } from '../streams/topic.ts';
import { topologyBuilder } from '../streams/topology-builder.ts';
import { boundedKey } from './bounded-key.ts';
import { field } from './field.ts';
import { fixedSchema } from './fixed-schema.ts';
import { recordSchema } from './record-schema.ts';
import { ofSchema, SCHEMA_HEADER, schemaHeader } from './schema-header.ts';

const schema = recordSchema({ name: 'test.price', versions: [{ price: field.number }] });
const newer = recordSchema({
  name: 'test.price',
  versions: [{ price: field.number }, { size: field.withDefault(field.integer, 0) }],
});
const other = recordSchema({ name: 'test.other', versions: [{ price: field.number }] });
const prices = topic({ name: 'prices', key: boundedKey(64), ...ofSchema(schema) });
const copies = topic({ name: 'copies', key: boundedKey(64), ...ofSchema(schema) });

const good = Buffer.from(schema.codec.encode({ price: 1.5 }));
const record = (given: Partial<IncomingRecord>): Partial<IncomingRecord> => ({
  ...{ key: Buffer.from('EURUSD'), value: good, headers: [schemaHeader(schema)] },
  ...given,
});
const ofVersion = (version: number) => {
  const value = Buffer.from(schemaHeader(schema)[1]);
  value.writeUInt16LE(version, 4);
  return [[SCHEMA_HEADER, value]] as const;
};

const POISON: readonly (readonly [reason: RegExp, given: Partial<IncomingRecord>])[] = [
  [/names schema \d+, not test.price/, { headers: [schemaHeader(other)] }],
  [/header outrider-schema: missing/, { headers: [] }],
  [/names version 0/, { headers: ofVersion(0) }],
  [/it is cut off/, { value: good.subarray(0, good.length - 1) }],
  [/has no bytes/, { value: Buffer.alloc(0) }],
  [/has 2097152 bytes, at most 1048576/, { value: Buffer.alloc(2 * 1024 * 1024, 0x40) }],
  [/takes no tombstones/, { value: null }],
  [/key has 1048576 bytes, at most 64/, { key: Buffer.alloc(1024 * 1024, 65) }],
  [/key is not UTF-8/, { key: Buffer.from([0xff]) }],
];

it.each(POISON)('goes to the dead letters: %s', (reason, given) => {
  const driver = driverOf();
  driver.sendBytes('prices', record({}));
  driver.sendBytes('prices', record(given));
  driver.sendBytes('prices', record({}));
  const [letter, ...more] = driver.readDeadLetters();
  expect(more).toEqual([]);
  expect(letter!.about.reason).toMatch(reason);
  expect(letter!.about).toMatchObject({ topic: 'prices', partition: '0', offset: '1' });
  expect(letter!.value).toBe(record(given).value);
  expect(driver.read(copies).map(({ value }) => value)).toEqual([{ price: 1.5 }, { price: 1.5 }]);
});

it('is none that a newer writer appended to, which an older reader can read', () => {
  const driver = driverOf();
  const value = Buffer.from(newer.codec.encode({ price: 2, size: 9 }));
  driver.sendBytes('prices', record({ value, headers: [schemaHeader(newer)] }));
  expect(driver.readDeadLetters()).toEqual([]);
  expect(driver.read(copies).map(each => each.value)).toEqual([{ price: 2 }]);
});

it('is a newer fixed layout, whose bytes an older reader would take for something else', () => {
  const layout = { name: 'test.fixed', bytes: 1, codec: FLAG } as const;
  const versionOf = (bytes: Uint8Array) => bytes[0]!;
  const older = fixedSchema({ ...layout, layouts: [['0 u8']], versionOf });
  const { headers } = ofSchema(
    fixedSchema({ ...layout, layouts: [['0 u8'], ['0 i8']], versionOf }),
  );
  expect(() => ofSchema(older).checkHeaders(headers)).toThrow(/upgrade this reader first/);
});

const FLAG = { name: 'flag', encode: () => new Uint8Array([1]), decode: () => true };

function driverOf() {
  const builder = topologyBuilder({ name: 'app', markerEveryMs: 0 });
  builder.stream(prices).to(copies);
  return testDriver(builder.build());
}
