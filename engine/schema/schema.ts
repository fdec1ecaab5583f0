/** Schemas: what the records of a topic look like, in each version that was ever written. */

import { createCrc32c } from '../log/crc32c.ts';
import type { Codec } from '../streams/task.ts';

export type Schema<Value> = {
  /** Of the topic's records as the schema topic and errors name them. */
  readonly name: string;
  /** Of the name; two names of one topic never share it, see `schema-topic.ts`. */
  readonly id: number;
  /** What is written; from 1 on. */
  readonly version: number;
  /** Reads every version up to its own, and newer ones where the form allows. */
  readonly codec: Codec<Value>;
  readonly description: SchemaDescription;
};

/** What is compared at the start: plain data, so that programs of other versions can read it. */
export type SchemaDescription = {
  readonly name: string;
  readonly form: SchemaForm;
  /** A line a field; of `fields` what each version appended, of `fixed` the whole layout. */
  readonly versions: readonly (readonly string[])[];
};

/** `fields`: a newer version only appends, so older readers read it too. `fixed`: they do not. */
export type SchemaForm = 'fields' | 'fixed';

/** A record's first byte tells them apart; more than any schema should live to see. */
export const SCHEMA_VERSIONS_MAX = 32;

const encoder = new TextEncoder();

/** CRC-32C of the name: the same in every program, with no registry to ask. */
export function schemaId(name: string): number {
  const bytes = encoder.encode(name);
  const checksum = createCrc32c();
  checksum.update(bytes, 0, bytes.length);
  return checksum.finish();
}
