/** Records of a fixed number of bytes, whose layout a codec of their own reads and writes. */

import { OutriderError } from '../error.ts';
import type { Codec } from '../streams/task.ts';
import { type Schema, schemaId } from './schema.ts';

export type FixedSchemaOptions<Value> = {
  readonly name: string;
  /** Bytes of every record, whatever its version. */
  readonly bytes: number;
  /** The layout of each version, version 1 first, a line a field: compared, not interpreted. */
  readonly layouts: readonly (readonly string[])[];
  /** The version that a record says it is of; 0 for what is none. */
  versionOf(bytes: Uint8Array): number;
  /** Of the newest layout; it also reads the older ones. */
  readonly codec: Codec<Value>;
};

/** Records of another length or an unknown version throw `bad-data` before the codec sees them. */
export function fixedSchema<Value>(options: FixedSchemaOptions<Value>): Schema<Value> {
  const { name, layouts, codec } = options;
  const version = layouts.length;
  return {
    name,
    id: schemaId(name),
    version,
    codec: {
      name: codec.name,
      encode: codec.encode,
      decode(bytes) {
        if (bytes.length !== options.bytes) {
          throw bad(name, `has ${bytes.length} bytes, not ${options.bytes}: it was cut or padded`);
        }
        const found = options.versionOf(bytes);
        if (found >= 1 && found <= version) return codec.decode(bytes);
        const remedy = found === 0 ? 'it is no version' : 'upgrade this reader first';
        throw bad(name, `is of version ${found}, known are 1 to ${version}; ${remedy}`);
      },
    },
    description: { name, form: 'fixed', versions: layouts },
  };
}

const bad = (name: string, problem: string) =>
  new OutriderError('bad-data', `record of ${name} ${problem}`);
