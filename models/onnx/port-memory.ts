/** Inputs and outputs of a run in shared memory: in the signature's order, each 8-byte aligned. */
import type { Port, Ports, Signature } from './ports.ts';

/** Sizes by their letters. */
export type Sizes = Readonly<Record<string, number>>;
type View = Int32Array<SharedArrayBuffer> | Float32Array<SharedArrayBuffer>;
export type Views = Readonly<Record<string, View>>;

const ALIGNMENT = 8;
const ELEMENT_BYTES = 4;

/** Throws RangeError where the data is shorter than `dataBytes` of the sizes. */
export function viewsOf(
  { inputs, outputs }: Signature,
  sizes: Sizes,
  data: SharedArrayBuffer,
): { inputs: Views; outputs: Views } {
  let at = 0;
  const place = (ports: Ports): Views =>
    Object.fromEntries(
      Object.entries(ports).map(([name, port]) => {
        const length = lengthOf(port, sizes);
        const begin = at;
        at += bytesOf(length);
        const view: View =
          port.type === 'int32'
            ? new Int32Array(data, begin, length)
            : new Float32Array(data, begin, length);
        return [name, view];
      }),
    );
  return { inputs: place(inputs), outputs: place(outputs) };
}

/** Bytes of data that a run of these sizes takes. */
export function dataBytes({ inputs, outputs }: Signature, sizes: Sizes): number {
  const ports = [...Object.values(inputs), ...Object.values(outputs)];
  return ports.reduce((sum, port) => sum + bytesOf(lengthOf(port, sizes)), 0);
}

/** A letter that has no size is 0. */
export function shapeOf({ shape }: Port, sizes: Sizes): number[] {
  return shape.map(size => (typeof size === 'number' ? size : (sizes[size] ?? 0)));
}

const lengthOf = (port: Port, sizes: Sizes) =>
  shapeOf(port, sizes).reduce((product, size) => product * size, 1);
const bytesOf = (length: number) => Math.ceil((length * ELEMENT_BYTES) / ALIGNMENT) * ALIGNMENT;
