/** A new order as numbers to its FIX bytes: the cost of the encoder, its call included. */

import { createOrderEncoder, type Kernels, ORDER } from '#native';
import type { Micro } from './micro.ts';
import { nativeAndTwin } from './native-and-twin.ts';

const ORDERS = 64;
const START_MS = 1_399_024_800_000;
const BYTES = 183;

export const orderEncode: Micro = {
  question: 'What does a NewOrderSingle of 183 bytes cost from numbers to bytes?',
  items: ORDERS,
  item: 'order',
  ways: nativeAndTwin(openEncoder),
};

function openEncoder(kernels: Kernels): () => number {
  const { order, encode } = createOrderEncoder(
    {
      ...{ senderCompId: 'OUTRIDER-GW', targetCompId: 'VENUE-ONE' },
      instruments: [
        {
          ...{ symbol: 'EUR/USD', unitsPerLot: 1000, lotDecimals: 0 },
          ...{ unitsPerIncrement: 1, priceDecimals: 5 },
        },
      ],
    },
    kernels,
  );
  let count = 0;
  return () => {
    let bytes = 0;
    for (let at = 0; at < ORDERS; at++) {
      count++;
      order[ORDER.msgSeqNum] = 1000 + (count % 9000);
      order[ORDER.unixMs] = START_MS + count * 7;
      order[ORDER.side] = 1 + (count & 1);
      order[ORDER.lots] = 1 + (count % 9);
      order[ORDER.limitIncrements] = 138_700 + (count & 15);
      order[ORDER.date] = 20_140_502;
      order[ORDER.serial] = count % 1_000_000;
      bytes += encode();
    }
    if (bytes !== ORDERS * BYTES) throw new Error(`${bytes / ORDERS} bytes an order`);
    return bytes;
  };
}
