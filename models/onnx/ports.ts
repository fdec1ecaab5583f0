/** Inputs and outputs of a graph: their types and shapes, and how they are told apart. */

export type PortType = 'int32' | 'float32';
/** A letter in place of a size is any size, the same wherever it stands in one graph. */
export type Port = { readonly type: PortType; readonly shape: readonly (number | string)[] };
export type Ports = Readonly<Record<string, Port>>;
export type Signature = { readonly inputs: Ports; readonly outputs: Ports };

/** In words, the first port that is not as expected; undefined where all are. */
export function portsDifference(found: Signature, expected: Signature): string | undefined {
  return difference('inputs', found, expected) ?? difference('outputs', found, expected);
}

function difference(
  side: keyof Signature,
  { [side]: found }: Signature,
  { [side]: expected }: Signature,
): string | undefined {
  for (const [name, port] of Object.entries(expected)) {
    const [has, wanted] = [portText(found[name]), portText(port)];
    if (has !== wanted) return `${side}.${name} is ${has}, expected is ${wanted}`;
  }
  const stray = Object.keys(found).find(name => !Object.hasOwn(expected, name));
  if (stray === undefined) return undefined;
  return `${side}.${stray} is ${portText(found[stray])}, expected is none`;
}

const portText = (port: Port | undefined) =>
  port === undefined ? 'missing' : `${port.type} [${port.shape.join(', ')}]`;
