/**
 * A file of ONNX, read as far as it must be known before a runtime is given it: versions, ports,
 * and that it brings all its numbers itself and asks for standard operators alone.
 *
 * Field numbers are those of `onnx.proto`. A field that is not listed is refused, so nothing that
 * a runtime would act on goes by unread.
 */
import type { Port, PortType, Signature } from './ports.ts';
import { checkTensor } from './tensor-proto.ts';
import { type Bad, type Field, fieldsOf, textOf, wholeNumber } from './wire.ts';

export type GraphFile = Signature & { readonly ir: number; readonly opset: number };

type Handlers = Readonly<Record<number, (field: Field) => void>>;

const ELEMENT_TYPES: Readonly<Record<number, PortType>> = { 1: 'float32', 6: 'int32' };
const STANDARD_DOMAINS = ['', 'ai.onnx'];
const NODES_MAX = 65_536;
const PORTS_MAX = 64;
const RANK_MAX = 8;
const ignore = () => {};

/** Ends in `bad` at the first thing that is not as it must be; memory in proportion to the file. */
export function readModel(bytes: Uint8Array, bad: Bad): GraphFile {
  let [ir, opset] = [0, 0];
  let graph: Uint8Array | undefined;
  read(
    { name: 'model', bytes, bad },
    {
      1: field => {
        ir = wholeNumber(field, 'ir_version', bad);
      },
      ...{ 2: ignore, 3: ignore, 4: ignore, 5: ignore, 6: ignore, 14: ignore },
      7: field => {
        if (graph !== undefined) bad('graph: a second one');
        graph = messageOf(field, 'graph', bad);
      },
      8: field => {
        if (opset !== 0) bad('opset_import: a second one; standard operators have one');
        opset = readOpset(messageOf(field, 'opset_import', bad), bad);
      },
      20: () => bad('training_info: a graph to train; export it for inference'),
      25: () => bad('functions: local operators; export with standard ones alone'),
    },
  );
  if (graph === undefined) return bad('graph: missing');
  if (opset === 0) return bad('opset_import: missing');
  return { ir, opset, ...readGraph({ bytes: graph, name: 'graph', isBody: false }, bad) };
}

function readOpset(bytes: Uint8Array, bad: Bad): number {
  let [domain, version] = ['', 0];
  read(
    { name: 'opset_import', bytes, bad },
    {
      1: field => {
        domain = textOf(field, { name: 'opset_import.domain' }, bad);
      },
      2: field => {
        version = wholeNumber(field, 'opset_import.version', bad);
      },
    },
  );
  checkDomain(domain, 'opset_import', bad);
  return version;
}

type GraphBytes = { bytes: Uint8Array; name: string; isBody: boolean };

/** A graph, or the body of a loop in one. */
function readGraph({ bytes, name, isBody }: GraphBytes, bad: Bad): Signature {
  const inputs: Record<string, Port> = {};
  const outputs: Record<string, Port> = {};
  let nodes = 0;
  const addPort = (ports: Record<string, Port>, side: string) => (field: Field) => {
    const [port, found] = readPort(messageOf(field, side, bad), `${name}.${side}`, bad);
    const isNew = !Object.hasOwn(ports, port) && Object.keys(ports).length < PORTS_MAX;
    if (!isNew) bad(`${name}.${side} ${port}: named twice, or more than ${PORTS_MAX} of them`);
    ports[port] = found;
  };
  read(
    { name, bytes, bad },
    {
      1: field => {
        if (++nodes > NODES_MAX) bad(`${name}.node: more than ${NODES_MAX}`);
        readNode({ bytes: messageOf(field, 'node', bad), isBody }, bad);
      },
      ...{ 2: ignore, 10: ignore, 13: ignore, 16: ignore },
      5: field => checkTensor(messageOf(field, 'initializer', bad), `${name}.initializer`, bad),
      11: addPort(inputs, 'input'),
      12: addPort(outputs, 'output'),
      14: () => bad(`${name}.quantization_annotation: not known to the runtime; remove it`),
      15: () => bad(`${name}.sparse_initializer: export dense numbers`),
    },
  );
  return { inputs, outputs };
}

function readNode({ bytes, isBody }: { bytes: Uint8Array; isBody: boolean }, bad: Bad): void {
  let [operator, domain] = ['', ''];
  const attributes: Uint8Array[] = [];
  read(
    { name: 'node', bytes, bad },
    {
      ...{ 1: ignore, 2: ignore, 3: ignore, 6: ignore, 9: ignore },
      4: field => {
        operator = textOf(field, { name: 'node.op_type' }, bad);
      },
      5: field => void attributes.push(messageOf(field, 'attribute', bad)),
      7: field => {
        domain = textOf(field, { name: 'node.domain' }, bad);
      },
      8: () => bad('node.overload: local operators; export with standard ones alone'),
    },
  );
  checkDomain(domain, `node ${operator}`, bad);
  for (const attribute of attributes) readAttribute(attribute, { operator, isBody }, bad);
}

/** Numbers and texts are the runtime's to judge; tensors and graphs inside may hide something. */
function readAttribute(
  bytes: Uint8Array,
  { operator, isBody }: { operator: string; isBody: boolean },
  bad: Bad,
): void {
  const name = `attribute of ${operator}`;
  const refuse = (what: string) => () => bad(`${name}: ${what}; export without it`);
  read(
    { name, bytes, bad },
    {
      ...{
        1: ignore,
        2: ignore,
        3: ignore,
        4: ignore,
        7: ignore,
        8: ignore,
        9: ignore,
        13: ignore,
      },
      20: ignore,
      5: field => checkTensor(messageOf(field, name, bad), name, bad),
      6: field => {
        // The one loop that is expected: the draft's over the moves of a context.
        if (operator !== 'Scan' || isBody) bad(`${name}: a graph inside; only Scan has one`);
        readGraph({ bytes: messageOf(field, name, bad), name: 'body of Scan', isBody: true }, bad);
      },
      10: refuse('a list of tensors'),
      11: refuse('a list of graphs'),
      14: refuse('a type'),
      15: refuse('a list of types'),
      21: refuse('a reference to a function'),
      22: refuse('a sparse tensor'),
      23: refuse('a list of sparse tensors'),
    },
  );
}

function readPort(bytes: Uint8Array, side: string, bad: Bad): [name: string, port: Port] {
  let name = '';
  let type: Uint8Array | undefined;
  read(
    { name: side, bytes, bad },
    {
      1: field => {
        name = textOf(field, { name: `${side}.name` }, bad);
      },
      2: field => {
        type = messageOf(field, `${side}.type`, bad);
      },
      ...{ 3: ignore, 4: ignore },
    },
  );
  const where = `${side} ${name}`;
  let tensor: Uint8Array | undefined;
  read(
    { name: where, bytes: type ?? bad(`${where}: no type`), bad },
    {
      1: field => {
        tensor = messageOf(field, where, bad);
      },
      6: ignore,
    },
  );
  let element = 0;
  let shape: Uint8Array | undefined;
  read(
    { name: where, bytes: tensor ?? bad(`${where}: no tensor`), bad },
    {
      1: field => {
        element = wholeNumber(field, `${where}: its type`, bad);
      },
      2: field => {
        shape = messageOf(field, where, bad);
      },
    },
  );
  const known = ELEMENT_TYPES[element];
  if (known === undefined) return bad(`${where}: element type ${element}; int32 or float32`);
  return [name, { type: known, shape: readShape(shape ?? bad(`${where}: no shape`), where, bad) }];
}

function readShape(bytes: Uint8Array, where: string, bad: Bad): (number | string)[] {
  const shape: (number | string)[] = [];
  read(
    { name: where, bytes, bad },
    {
      1: field => {
        let size: number | string = '';
        read(
          { name: where, bytes: messageOf(field, where, bad), bad },
          {
            1: value => {
              size = wholeNumber(value, `${where}: a size`, bad);
            },
            2: letter => {
              size = textOf(letter, { name: `${where}: the name of a size` }, bad);
            },
            3: ignore,
          },
        );
        if (shape.push(size) > RANK_MAX) bad(`${where}: more than ${RANK_MAX} sizes`);
      },
    },
  );
  return shape;
}

function read(
  { name, bytes, bad }: { name: string; bytes: Uint8Array; bad: Bad },
  handlers: Handlers,
) {
  const badHere: Bad = what => bad(`${name}: ${what}`);
  for (const field of fieldsOf(bytes, badHere)) {
    const handle = handlers[field.number];
    if (handle === undefined) badHere(`field ${field.number} is none that is known`);
    else handle(field);
  }
}

function messageOf(field: Field, name: string, bad: Bad): Uint8Array {
  return field.wire === 'bytes' ? field.bytes : bad(`${name}: no message`);
}

function checkDomain(domain: string, where: string, bad: Bad): void {
  if (STANDARD_DOMAINS.includes(domain)) return;
  bad(`${where}: operators of ${JSON.stringify(domain)}; export with standard ones alone`);
}
