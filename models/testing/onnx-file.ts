/** Files of ONNX for tests, written field by field: also such as no exporter would write. */

/** A field: its number, then a number, a text, a message's bytes or bytes as they are. */
export type FileField = readonly [number: number, value: number | string | Uint8Array];

export function message(...fields: readonly FileField[]): Uint8Array {
  const parts = fields.map(([number, value]) => {
    if (typeof value === 'number') return [varint(number * 8), varint(value)];
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    return [varint(number * 8 + 2), varint(bytes.length), bytes];
  });
  return Uint8Array.from(Buffer.concat(parts.flat()));
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
  return Uint8Array.of(...bytes, left);
}

/** An input or output of int32. */
export function port(name: string, ...shape: readonly (number | string)[]): Uint8Array {
  const sizes = shape.map((size): FileField => {
    return [1, message([typeof size === 'number' ? 1 : 2, size])];
  });
  return message([1, name], [2, message([1, message([1, 6], [2, message(...sizes)])])]);
}

/** A tensor of int8 whose numbers are these. */
export function tensor(name: string, dims: readonly number[], numbers: Uint8Array): Uint8Array {
  return message(...dims.map((size): FileField => [1, size]), [2, 3], [8, name], [9, numbers]);
}

export const node = (operator: string, ...more: readonly FileField[]) =>
  message([1, 'x'], [2, 'y'], [4, operator], ...more);

/** A whole model of one node from x to y, with `graph` in its graph and `model` beside it. */
export function model({
  graph = [],
  model: beside = [],
  opset = [8, message([2, 17])],
}: {
  graph?: readonly FileField[];
  model?: readonly FileField[];
  opset?: FileField;
}): Uint8Array {
  const fields: FileField[] = [
    ...([[1, node('Neg')], [2, 'graph'], ...graph] as const),
    ...([
      [11, port('x', 'B', 3)],
      [12, port('y', 'B', 3)],
    ] as const),
  ];
  return message([1, 8], [7, message(...fields)], opset, ...beside);
}
