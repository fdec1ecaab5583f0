/** The header that says which schema and version a record was written by. */

import type { RecordHeader } from '../broker/record.ts';
import { OutriderError } from '../error.ts';
import type { Codec } from '../streams/task.ts';
import type { Schema } from './schema.ts';

export const SCHEMA_HEADER = 'outrider-schema';

/*
  The header's value, little endian:

  byte 0             4           6
       | schema id   | version   |
       | u32         | u16       |
*/
const HEADER = { id: 0, version: 4, bytes: 6 } as const;

/** What a topic of the schema takes: spread it into `topic({ name, key, ... })`. */
export type SchemaTopic<Value> = {
  readonly value: Codec<Value>;
  readonly headers: readonly RecordHeader[];
  checkHeaders(headers: readonly RecordHeader[]): void;
};

/**
 * Writes the header and the schema's bytes; a record read without the header, of another schema or
 * of a version that this program cannot read throws `bad-data`, and becomes a dead letter.
 */
export function ofSchema<Value>(schema: Schema<Value>): SchemaTopic<Value> {
  return {
    value: schema.codec,
    headers: [schemaHeader(schema)],
    checkHeaders: headers => checkSchemaHeader(schema, headers),
  };
}

export function schemaHeader({ id, version }: Schema<unknown>): RecordHeader {
  const value = new Uint8Array(HEADER.bytes);
  const view = new DataView(value.buffer);
  view.setUint32(HEADER.id, id, true);
  view.setUint16(HEADER.version, version, true);
  return [SCHEMA_HEADER, value];
}

export function checkSchemaHeader(schema: Schema<unknown>, headers: readonly RecordHeader[]): void {
  const value = findHeader(headers);
  const wanted = `${schema.name} (${schema.id})`;
  if (value === undefined) {
    throw bad(`missing; its writer has to send one for ${wanted}`);
  }
  if (value.length !== HEADER.bytes) {
    throw bad(`has ${value.length} bytes, not ${HEADER.bytes}; was it cut off on its way?`);
  }
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const id = view.getUint32(HEADER.id, true);
  if (id !== schema.id) {
    throw bad(`names schema ${id}, not ${wanted}; its writer belongs to another topic`);
  }
  const version = view.getUint16(HEADER.version, true);
  const { form } = schema.description;
  if (version === 0 || (form === 'fixed' && version > schema.version)) {
    const remedy = version === 0 ? 'versions begin at 1' : 'upgrade this reader first';
    throw bad(`names version ${version} of ${wanted}, ${schema.version} is known here; ${remedy}`);
  }
}

function findHeader(headers: readonly RecordHeader[]): Uint8Array | undefined {
  for (const [name, value] of headers) if (name === SCHEMA_HEADER) return value;
  return undefined;
}

const bad = (problem: string) =>
  new OutriderError('bad-data', `header ${SCHEMA_HEADER}: ${problem}`);
