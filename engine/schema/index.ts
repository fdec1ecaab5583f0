/** Schemas of topics: records that say their version, and how versions may differ. */
export { boundedKey } from './bounded-key.ts';
export { type Field, field } from './field.ts';
export { type FixedSchemaOptions, fixedSchema } from './fixed-schema.ts';
export { type RecordOf, type RecordSchemaOptions, recordSchema } from './record-schema.ts';
export type { Schema, SchemaDescription } from './schema.ts';
export { ofSchema, SCHEMA_HEADER, type SchemaTopic } from './schema-header.ts';
export {
  checkSchemas,
  readSchemas,
  SCHEMA_TOPIC,
  type SchemaCheck,
  type TopicSchema,
} from './schema-topic.ts';
