/** What the manifest says of a pair's graphs of ONNX; a runtime is given no others. */
import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A letter in place of a size is any size, the same wherever the letter stands in one graph. */
const portSchema = z.strictObject({
  type: z.enum(['int32', 'float32']),
  shape: z.array(z.union([z.int().positive(), z.string().regex(/^[A-Z]$/)])).max(8),
});
const portsSchema = z.record(z.string().regex(/^[a-z_]+$/), portSchema);

const graphSchema = z.strictObject({
  file: z.string().regex(/^onnx\/[a-z0-9-]+\.onnx$/),
  bytes: z
    .int()
    .positive()
    .max(64 * 2 ** 20),
  sha256,
  /** SHA-256 of the file of weights that it was exported from, where there is one. */
  weights: sha256.optional(),
  opset: z.int().positive(),
  ir: z.int().positive(),
  signature: z.strictObject({
    name: z.string().regex(/^[a-z-]+\/[0-9]+$/),
    config: z.record(z.string(), z.int().positive()),
    inputs: portsSchema,
    outputs: portsSchema,
  }),
});

export type Graph = z.output<typeof graphSchema>;

/** Graphs by their names; docs/onnx.md says what each computes. */
export const graphsSchema = z.record(z.string().regex(/^(target|draft)-[a-z-]+$/), graphSchema);
