/** A NewOrderSingle off the wire: the cost of finding it in a segment and taking it apart. */

import { createFramer, createParser, encodeMessage } from '#gateway';
import type { Kernels } from '#native';
import type { Micro } from './micro.ts';
import { nativeAndTwin } from './native-and-twin.ts';

const ORDERS = 64;
const BYTES = 183;
const FIELDS = 17;

export const fixParse: Micro = {
  question: 'What does a NewOrderSingle of 183 bytes cost from a segment to its fields?',
  items: ORDERS,
  item: 'order',
  ways: nativeAndTwin(openParser),
};

function openParser(kernels: Kernels): () => number {
  const parse = createParser(kernels);
  let fields = 0;
  const framer = createFramer(
    {
      onMessage(bytes) {
        const view = parse(bytes);
        if (view.kind === 'view') fields += view.fields.length;
      },
      onGarbage(reason) {
        throw new Error(reason);
      },
    },
    {},
    kernels,
  );
  const segment = newOrder();
  if (segment.length !== BYTES) throw new Error(`${segment.length} bytes an order`);
  return () => {
    fields = 0;
    for (let at = 0; at < ORDERS; at++) framer.push(segment);
    if (fields !== ORDERS * 3 * FIELDS) throw new Error(`${fields / ORDERS} values an order`);
    return fields;
  };
}

function newOrder(): Buffer {
  const time = '20140502-10:00:00.000';
  return encodeMessage(
    {
      ...{ msgSeqNum: 1000, senderCompId: 'OUTRIDER-GW', targetCompId: 'VENUE-ONE' },
      sendingTime: time,
    },
    {
      ...{ msgType: 'D', clOrdId: '20140502-000001', orderQty: '1000', price: '1.38700' },
      ...{ side: '1', symbol: 'EUR/USD', postOnly: false, transactTime: time },
    },
  );
}
