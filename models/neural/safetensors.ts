/**
 * A safetensors file taken apart, as long as it is whole and nothing in it overlaps.
 *
 *   offset  bytes
 *        0      8  length n of the header (u64)
 *        8      n  header, JSON: name -> { dtype, shape, data_offsets: [begin, end] }, and
 *                  __metadata__: name -> text; spaces may follow
 *    8 + n         tensors, row-major, little-endian, at their offsets from here, without gaps
 */
import { z } from 'zod';
import { OutriderError } from '#engine';

export type FileTensor = {
  readonly type: 'I8' | 'F32';
  readonly shape: readonly number[];
  /** A view of the file's bytes. */
  readonly bytes: Uint8Array;
};

export type Safetensors = {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, FileTensor>;
};

const LENGTH_BYTES = 8;
const HEADER_BYTES_MAX = 2 ** 20;
const METADATA = '__metadata__';
const REMEDY = 'restore the file or export it again';

const offset = z.int().min(0);
const entrySchema = z.strictObject({
  dtype: z.enum(['I8', 'F32']),
  shape: z
    .array(
      z
        .int()
        .min(1)
        .max(2 ** 24),
    )
    .max(4),
  data_offsets: z.tuple([offset, offset]),
});
const headerSchema = z.record(z.string(), z.unknown());
const metadataSchema = z.record(z.string(), z.string());

/** Throws `bad-model` naming the file, the field, its value and the remedy. */
export function readSafetensors(bytes: Uint8Array, name: string): Safetensors {
  const bad = (what: string): never => {
    throw new OutriderError('bad-model', `${name}: ${what}; ${REMEDY}`);
  };
  if (bytes.length < LENGTH_BYTES) bad(`${bytes.length} bytes, at least ${LENGTH_BYTES} begin it`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getBigUint64(0, true);
  const headerBytesMax = Math.min(HEADER_BYTES_MAX, bytes.length - LENGTH_BYTES);
  if (headerBytes > headerBytesMax) {
    bad(`header: length ${headerBytes}, the file has room for ${headerBytesMax}`);
  }
  const data = bytes.subarray(LENGTH_BYTES + Number(headerBytes));
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, bytes.length - data.length), bad);
  const metadata = metadataSchema.safeParse(header[METADATA] ?? {});
  if (!metadata.success) return bad(`${METADATA}: ${firstIssue(metadata.error)}`);
  const tensors = new Map<string, FileTensor>();
  const ends: [begin: number, end: number, tensor: string][] = [];
  for (const [tensor, given] of Object.entries(header)) {
    if (tensor === METADATA) continue;
    const entry = entrySchema.safeParse(given);
    if (!entry.success) return bad(`tensor ${tensor}: ${firstIssue(entry.error)}`);
    const { dtype: type, shape, data_offsets: offsets } = entry.data;
    const [begin, end] = offsets;
    const length = shape.reduce((product, size) => product * size, type === 'F32' ? 4 : 1);
    if (begin > end || end > data.length || end - begin !== length) {
      bad(
        `tensor ${tensor}: data_offsets [${begin}, ${end}] of ${data.length} bytes of data, its ` +
          `shape [${shape}] of ${type} takes ${length}`,
      );
    }
    ends.push([begin, end, tensor]);
    tensors.set(tensor, { type, shape, bytes: data.subarray(begin, end) });
  }
  checkGapless(ends, data.length, bad);
  return { metadata: metadata.data, tensors };
}

type Bad = (what: string) => never;

function parseHeader(bytes: Uint8Array, bad: Bad): Record<string, unknown> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return headerSchema.parse(JSON.parse(text));
  } catch {
    return bad(`header: its ${bytes.length} bytes are no JSON object`);
  }
}

/** Each byte of the data belongs to one tensor. */
function checkGapless(
  ends: [begin: number, end: number, tensor: string][],
  length: number,
  bad: Bad,
): void {
  ends.sort(([a], [b]) => a - b);
  let at = 0;
  for (const [begin, end, tensor] of ends) {
    if (begin !== at) bad(`tensor ${tensor}: begins at ${begin}, the one before ends at ${at}`);
    at = end;
  }
  if (at !== length) bad(`data: ${length} bytes, its tensors end at ${at}`);
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim();
}
