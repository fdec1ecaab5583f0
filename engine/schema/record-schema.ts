/** Records of fields in MessagePack, their structures pinned by the schema's versions. */

import { Packr, Unpackr } from 'msgpackr';
import { OutriderError } from '../error.ts';
import type { Codec } from '../streams/task.ts';
import type { Field } from './field.ts';
import { countValues, endOfValues } from './message-bounds.ts';
import { SCHEMA_VERSIONS_MAX, type Schema, schemaId } from './schema.ts';

/** The fields that a version appends, by their names. */
export type AddedFields = Readonly<Record<string, Field<unknown>>>;

export type RecordSchemaOptions<Versions extends readonly AddedFields[]> = {
  /** Such as `market.signal`; 1 to 100 letters, digits, dots and hyphens. */
  readonly name: string;
  /** Version 1 first. Later ones append fields with a default and change nothing before them. */
  readonly versions: Versions;
  /** Bytes of a record at most. Default 1 MB. */
  readonly bytesMax?: number;
};

/** The object that a schema's records are. */
export type RecordOf<Versions extends readonly AddedFields[]> = Flat<
  Intersection<ValuesOf<Versions[number]>>
>;

type ValuesOf<Fields> = Fields extends AddedFields
  ? { [Name in keyof Fields]: Fields[Name] extends Field<infer Value> ? Value : never }
  : never;
type Intersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;
type Flat<Value> = { [Name in keyof Value]: Value[Name] };

const BYTES_MAX = 1024 * 1024;
const FIELDS_MAX = 256;

/*
  A record, as msgpackr writes it where all know its structures:

  byte 0           1
       | 0x40      | values of the fields in their order, MessagePack;
       | + version | a newer version's further fields stand behind those known
       | - 1       |
*/
const FIRST_VERSION = 0x40;
const LAST_VERSION = FIRST_VERSION + SCHEMA_VERSIONS_MAX - 1;

type Compiled = {
  readonly name: string;
  readonly bytesMax: number;
  readonly names: readonly string[];
  readonly fields: readonly Field<unknown>[];
  /** Fields by version, from 1 on. */
  readonly counts: readonly number[];
  readonly packr: Packr;
};

type Values = Record<string, unknown>;

/**
 * A schema of fields. Throws `bad-config` for versions that break the rules: a field that repeats,
 * one appended without a default, none at all.
 */
export function recordSchema<const Versions extends readonly AddedFields[]>(
  options: RecordSchemaOptions<Versions>,
): Schema<RecordOf<Versions>> {
  const { name, versions, bytesMax = BYTES_MAX } = options;
  checkVersions(name, versions);
  const entries = versions.flatMap(added => Object.entries(added));
  const counts = [0];
  for (const added of versions) counts.push(counts.at(-1)! + Object.keys(added).length);
  const names = entries.map(([field]) => field);
  const structures = counts.slice(1).map(count => names.slice(0, count));
  const compiled: Compiled = {
    ...{ name, bytesMax, names, counts },
    fields: entries.map(([, field]) => field),
    packr: new Packr(settingsOf(structures)),
  };
  const unpackr = new Unpackr(settingsOf(structures.map(structure => [...structure])));
  return {
    name,
    id: schemaId(name),
    version: versions.length,
    codec: {
      name: `record ${name}`,
      encode: value => encode(compiled, value as Values),
      decode: bytes => decode(compiled, unpackr, bytes),
    } as Codec<RecordOf<Versions>>,
    description: {
      name,
      form: 'fields',
      versions: versions.map(added =>
        Object.entries(added).map(([field, { text }]) => `${field}: ${text}`),
      ),
    },
  };
}

const settingsOf = (structures: string[][]) => ({
  structures,
  maxSharedStructures: structures.length,
  useRecords: true,
  moreTypes: false,
  copyBuffers: true,
});

function checkVersions(name: string, versions: readonly AddedFields[]): void {
  const refuse = (problem: string) => {
    throw new OutriderError('bad-config', `schema ${name}: ${problem}`);
  };
  if (!/^[A-Za-z0-9.-]{1,100}$/.test(name)) refuse('give 1 to 100 letters, digits, "." and "-"');
  if (versions.length < 1 || versions.length > SCHEMA_VERSIONS_MAX) {
    refuse(`${versions.length} versions; give 1 to ${SCHEMA_VERSIONS_MAX}`);
  }
  const seen = new Set<string>();
  for (const [index, added] of versions.entries()) {
    if (Object.keys(added).length === 0) refuse(`version ${index + 1} has no field of its own`);
    for (const [field, { absent }] of Object.entries(added)) {
      if (!/^[a-z][A-Za-z0-9]*$/.test(field)) refuse(`field ${field}: give a name in camel case`);
      if (seen.has(field)) refuse(`field ${field} is there twice; give the new one another name`);
      if (index > 0 && absent === undefined) {
        refuse(`field ${field}, appended in version ${index + 1}, needs a default`);
      }
      seen.add(field);
    }
  }
  if (seen.size > FIELDS_MAX) refuse(`${seen.size} fields; give at most ${FIELDS_MAX}`);
}

function encode({ name, names, fields, packr, bytesMax }: Compiled, value: Values): Uint8Array {
  const record: Values = {};
  for (let index = 0; index < names.length; index++) {
    const field = names[index]!;
    const problem = fields[index]!.problem(value[field]);
    if (problem !== undefined) {
      const text = `schema ${name}: field ${field} ${problem}: ${shown(value[field])}`;
      throw new OutriderError('bad-usage', text);
    }
    record[field] = value[field];
  }
  const bytes = packr.pack(record);
  if (bytes.length <= bytesMax) return bytes;
  const text = `record of ${name} has ${bytes.length} bytes, at most ${bytesMax} may be; split it`;
  throw new OutriderError('limit', text);
}

function decode(compiled: Compiled, unpackr: Unpackr, bytes: Uint8Array): Values {
  const { name, bytesMax, names, fields, counts } = compiled;
  if (bytes.length > bytesMax) {
    throw bad(name, `has ${bytes.length} bytes, at most ${bytesMax} may be`);
  }
  const first = bytes[0];
  if (first === undefined) throw bad(name, 'has no bytes');
  if (first < FIRST_VERSION || first > LAST_VERSION) {
    throw bad(name, `begins with byte ${first}, which is no version; another codec wrote it`);
  }
  const version = first - FIRST_VERSION + 1;
  const record = unpackr.unpack(checked(compiled, bytes, version)) as Values;
  const count = counts[Math.min(version, counts.length - 1)]!;
  for (let index = 0; index < names.length; index++) {
    const field = names[index]!;
    if (index >= count) record[field] = fields[index]!.absent;
    else {
      const problem = fields[index]!.problem(record[field]);
      if (problem !== undefined) {
        throw bad(name, `has field ${field} which ${problem}: ${shown(record[field])}`);
      }
    }
  }
  return record;
}

/** The bytes to decode: those of a newer version end behind the last field known here. */
function checked({ name, counts }: Compiled, bytes: Uint8Array, version: number): Uint8Array {
  const known = counts.length - 1;
  const end = endOfValues(bytes, 1, counts[Math.min(version, known)]!);
  if (version <= known) {
    if (end === bytes.length) return bytes;
    throw bad(name, `has ${bytes.length - end} bytes behind its last field of version ${version}`);
  }
  if (countValues(bytes, end) > FIELDS_MAX) throw bad(name, `has more than ${FIELDS_MAX} fields`);
  const own = bytes.slice(0, end);
  own[0] = FIRST_VERSION + known - 1;
  return own;
}

const SHOWN_MAX = 60;

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const text = JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}` : each));
  if (text === undefined) return 'missing';
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}...`;
}

const bad = (name: string, problem: string) =>
  new OutriderError('bad-data', `record of ${name} ${problem}`);
