/** Orders as numbers in, FIX bytes out: one call an order over bound memory. */

import type { Kernels } from './kernels.ts';
import { loadedKernels } from './load.ts';
import type { OrderUnits } from './order-kernels.ts';
import { NAME_BYTES_MAX, ORDER, ORDER_BYTES_MAX, ORDER_VALUES, SHAPES } from './order-layout.ts';

/** A symbol as text of Latin-1 characters. */
export type OrderInstrument = Omit<OrderUnits, 'symbol'> & { readonly symbol: string };

/** CompIDs of this side and of the other, and what is traded between them. */
export type OrderNames = {
  readonly senderCompId: string;
  readonly targetCompId: string;
  readonly instruments: readonly OrderInstrument[];
};

export type OrderEncoder = {
  /** The caller writes an order here, as native/order-layout.ts names its values. */
  readonly order: Float64Array;
  /** The messages: the latest of template t begins at t * ORDER_BYTES_MAX. Not to be written. */
  readonly memory: Uint8Array;
  /** Writes the order's message and returns its length. Throws RangeError for a value it cannot. */
  encode(): number;
};

const INSTRUMENTS_MAX = 4096;
const DECIMALS_MAX = 15;

export function createOrderEncoder(
  names: OrderNames,
  kernels: Kernels = loadedKernels.kernels,
): OrderEncoder {
  const bound = namesOf(names);
  const order = new Float64Array(ORDER_VALUES);
  const memory = new Uint8Array(bound.instruments.length * SHAPES * ORDER_BYTES_MAX);
  const { length } = memory;
  const encodeOrder = kernels.bindOrderEncoder({ ...bound, order, memory });
  return {
    ...{ order, memory },
    encode() {
      // A transferred array has length 0, and its memory is no longer ours to touch.
      if (order.length === 0 || memory.length !== length) {
        throw new RangeError('a bound buffer was transferred: create a new encoder');
      }
      const bytes = encodeOrder();
      if (bytes === 0) throw unwritable(order);
      return bytes;
    },
  };
}

/** The same as bytes; throws RangeError for names or units that cannot be written. */
export function namesOf({ senderCompId, targetCompId, instruments }: OrderNames) {
  if (instruments.length > INSTRUMENTS_MAX) {
    throw new RangeError(`${instruments.length} instruments: pass at most ${INSTRUMENTS_MAX}`);
  }
  return {
    sender: nameBytes('senderCompId', senderCompId),
    target: nameBytes('targetCompId', targetCompId),
    instruments: instruments.map(unitsOf),
  };
}

function unitsOf({ symbol, ...units }: OrderInstrument): OrderUnits {
  const { unitsPerLot, unitsPerIncrement, lotDecimals, priceDecimals } = units;
  for (const [field, value] of Object.entries({ unitsPerLot, unitsPerIncrement })) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new RangeError(`${field} of ${symbol} is ${value}: pass a safe integer above 0`);
  }
  for (const [field, value] of Object.entries({ lotDecimals, priceDecimals })) {
    if (Number.isInteger(value) && value >= 0 && value <= DECIMALS_MAX) continue;
    throw new RangeError(`${field} of ${symbol} is ${value}: pass 0 to ${DECIMALS_MAX}`);
  }
  return { symbol: nameBytes('symbol', symbol), ...units };
}

function nameBytes(field: string, name: string): Uint8Array {
  for (const character of name) {
    const code = character.codePointAt(0)!;
    if (code === 1 || code > 255) {
      throw new RangeError(`${field} is ${JSON.stringify(name)}: pass Latin-1 without SOH`);
    }
  }
  if (name.length === 0 || name.length > NAME_BYTES_MAX) {
    throw new RangeError(`${field} has ${name.length} characters: pass 1 to ${NAME_BYTES_MAX}`);
  }
  return Buffer.from(name, 'latin1');
}

function unwritable(order: Float64Array): RangeError {
  const values = Object.entries(ORDER).map(([name, at]) => `${name} ${order[at]}`);
  return new RangeError(`order ${values.join(', ')}: a value is no integer or out of its range`);
}
