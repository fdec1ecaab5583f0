/** A tensor inside a file of ONNX: its numbers are all there, as many as its shape asks for. */
import { type Bad, countVarints, type Field, fieldsOf, textOf, wholeNumber } from './wire.ts';

/** Bytes an element by data type: whole numbers, floats and truth values; no texts. */
const ELEMENT_BYTES: Readonly<Record<number, number>> = {
  ...{ 1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 16: 2 },
};
const RANK_MAX = 8;
const ELEMENTS_MAX = 2 ** 31;

/** Fields that hold numbers, and how many bytes one has; 0: a varint each. */
const DATA_FIELDS: Readonly<Record<number, number>> = { 4: 4, 5: 0, 7: 0, 10: 8, 11: 0 };

/** Nothing is copied or allocated, whatever the tensor claims to be. */
export function checkTensor(bytes: Uint8Array, where: string, bad: Bad): void {
  let [type, name, elements, raw] = [0, '', 0, -1];
  const dimensions: number[] = [];
  for (const field of fieldsOf(bytes, what => bad(`${where}: ${what}`))) {
    const here = `${where} ${name}`.trim();
    if (field.number in DATA_FIELDS) {
      elements += countElements(field, here, bad);
      continue;
    }
    switch (field.number) {
      case 1:
        readDimensions(field, here, bad).forEach(size => void dimensions.push(size));
        if (dimensions.length > RANK_MAX) bad(`${here}: more than ${RANK_MAX} sizes`);
        break;
      case 2:
        type = wholeNumber(field, `${here}: its type`, bad);
        break;
      case 8:
        name = textOf(field, { name: `${where}.name` }, bad);
        break;
      case 9:
        raw = field.bytes.length;
        break;
      case 13:
        bad(`${here}: its numbers lie in another file; export with all numbers inside`);
        break;
      case 14:
        if (field.value !== 0) bad(`${here}: its numbers lie in another file (data_location)`);
        break;
      case 12:
      case 16:
        break;
      default:
        bad(`${here}: field ${field.number} is none that is known`);
    }
  }
  checkCount({ type, dimensions, elements, raw }, `${where} ${name}`.trim(), bad);
}

type Counted = { type: number; dimensions: readonly number[]; elements: number; raw: number };

function checkCount({ type, dimensions, elements, raw }: Counted, here: string, bad: Bad): void {
  const bytesEach = ELEMENT_BYTES[type];
  if (bytesEach === undefined) bad(`${here}: data type ${type}; numbers are known`);
  const expected = dimensions.reduce((product, size) => product * size, 1);
  if (expected > ELEMENTS_MAX) bad(`${here}: [${dimensions}] is more than ${ELEMENTS_MAX} numbers`);
  const found = raw < 0 ? elements : elements + raw / bytesEach!;
  if (found !== expected)
    bad(`${here}: ${found} numbers, its shape [${dimensions}] has ${expected}`);
}

function countElements({ number, wire, bytes }: Field, here: string, bad: Bad): number {
  const bytesEach = DATA_FIELDS[number]!;
  if (wire !== 'bytes') return 1;
  const count = bytesEach === 0 ? countVarints(bytes) : bytes.length / bytesEach;
  return Number.isInteger(count) ? count : bad(`${here}: ${bytes.length} bytes of numbers`);
}

/** Alone or packed: a size a byte at least, so a field of few bytes has few of them. */
function readDimensions(field: Field, here: string, bad: Bad): number[] {
  if (field.wire === 'varint') return [wholeNumber(field, `${here}: a size`, bad)];
  if (field.wire !== 'bytes' || countVarints(field.bytes) > RANK_MAX) {
    return bad(`${here}: more than ${RANK_MAX} sizes`);
  }
  const sizes: number[] = [];
  let [size, factor] = [0, 1];
  for (const byte of field.bytes) {
    size += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte >= 0x80) continue;
    sizes.push(size);
    [size, factor] = [0, 1];
  }
  return sizes;
}
