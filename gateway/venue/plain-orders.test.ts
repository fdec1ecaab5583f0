/** The short way of plain orders against the long one of all messages: the same bytes, always. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadedKernels, twinKernels } from '#native';
import { encodeMessage } from '../fix/codec.ts';
import type { FixMessage } from '../fix/message.ts';
import { formatUtcTimestamp } from '../fix/timestamp.ts';
import { INSTRUMENTS } from '../paper-world.ts';
import { memoryStore } from '../session/memory-store.ts';
import { createCounterparty } from './counterparty.ts';
import { recordedMarket } from './recorded-market.ts';

const ORIGIN_NS = 1_398_988_800_000_000_000n;
const needsAddon = loadedKernels.kind === 'native' ? it : it.skip;

/** A venue that a desk has logged on to, and all it has said since. */
function openVenue(kernels = loadedKernels.kernels) {
  let nowNs = 0;
  const store = memoryStore();
  const rules = { quoteSizeLots: 5, bandIncrements: 50 };
  const market = recordedMarket(INSTRUMENTS.map(() => rules));
  const quote = { kind: 'quote', instrument: 0, exchangeTimeNs: 0 } as const;
  market.onQuote({ ...quote, bidIncrements: 100_000, askIncrements: 100_010 }, []);
  const counterparty = createCounterparty({
    ...{ originNs: ORIGIN_NS, instruments: INSTRUMENTS, market, store, kernels },
    ...{ senderCompId: 'VENUE', targetCompId: 'DESK', heartbeatNs: 30e9 },
    clock: { nowNs: () => nowNs },
    timers: { at: () => ({ cancel() {} }) },
  });
  const said: string[] = [];
  const wire = counterparty.opened({
    write: bytes => void said.push(Buffer.from(bytes).toString('latin1')),
    end: () => void said.push('end'),
  });
  return {
    said,
    numbers: () => [store.nextTargetSeq(), store.nextSenderSeq()],
    hear(bytes: Uint8Array, afterNs: number) {
      nowNs += afterNs;
      wire.onBytes(bytes);
    },
  };
}

type Sent = { message: FixMessage; numberOff: number; sentOffMs: number; edit: Edit; cut: number };
/** One text of the message for another of the same length, or longer; its sums follow. */
type Edit = readonly [from: string, to: string] | undefined;

const TIME = '20140502-00:00:00.000';
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'é', 'x'.repeat(70));
const terms = {
  clOrdId: name,
  // Some are between two lots or increments, out of the band, or of a symbol nobody lists.
  orderQty: fc.constantFrom('1000', '2000.0', '07000', '500', '0', '-1000', '9999999999999999'),
  side: fc.constantFrom('1' as const, '2' as const),
  symbol: fc.constantFrom('EUR/USD', 'EUR/USD', 'EUR/USD', 'EUR/GBP'),
  transactTime: fc.constantFrom(TIME, '20140502-00:00:00', '20140502-23:59:60.000'),
};
const price = fc.constantFrom('1.0001', '1.00010', '1.0000', '0.99', '1.000105', '-1', '1.00007');
const plain = fc.record({
  ...{ msgType: fc.constant('D' as const), ...terms, price, postOnly: fc.constant(false) },
});
const anyMessage: fc.Arbitrary<FixMessage> = fc.oneof(
  { weight: 12, arbitrary: plain },
  fc.record({
    ...{ msgType: fc.constant('D' as const), ...terms, postOnly: fc.boolean() },
    ...{ ordType: fc.constantFrom('3' as const), stopPx: price },
  }),
  fc.record({
    ...{ msgType: fc.constant('D' as const), ...terms, price, postOnly: fc.boolean() },
    timeInForce: fc.constantFrom('1' as const, '3' as const, '4' as const),
  }),
  fc.record({ msgType: fc.constant('F' as const), ...terms, origClOrdId: name }),
  fc.record({ msgType: fc.constant('H' as const), ...terms }),
  fc.constant({ msgType: '1', testReqId: 't' } as const),
);
const anySent: fc.Arbitrary<Sent> = fc.record({
  message: anyMessage,
  numberOff: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, -1),
  sentOffMs: fc.constantFrom(0, 0, 0, 0, 0, 0, 119_999, -119_000, 120_002, -120_001),
  edit: fc.constantFrom<Edit>(
    ...[undefined, undefined, undefined, undefined, undefined, undefined],
    ['49=DESK', '49=DESC'],
    ['56=VENUE', '56=VENUX'],
    ['35=D\u0001', '35=D\u000143=Y\u0001'],
    ['59=0\u0001', ''],
    ['21=1', '21=2'],
    ['54=1', '54=1\u000154=1'],
    ['60=', '52='],
    ['11=', '9999='],
  ),
  cut: fc.constantFrom(0, 0, 0, 10),
});

const SOH = '\u0001';
const TRAILER_BYTES = 7;

function edited(bytes: Buffer, edit: Edit): Buffer {
  if (edit === undefined) return bytes;
  const text = bytes.toString('latin1');
  const body = text.slice(text.indexOf(SOH, text.indexOf(SOH) + 1) + 1, -TRAILER_BYTES);
  const changed = body.replace(...edit);
  const whole = `8=FIX.4.4\u00019=${changed.length}\u0001${changed}`;
  const sum = Buffer.from(whole, 'latin1').reduce((total, byte) => total + byte, 0) % 256;
  return Buffer.from(`${whole}10=${String(sum).padStart(3, '0')}\u0001`, 'latin1');
}

/** The bytes of both desks are made once, by the numbers that the first venue expects. */
function talk(sent: readonly Sent[]) {
  const [short, long] = [openVenue(), openVenue({ ...twinKernels })];
  const say = (message: FixMessage, at: Omit<Sent, 'message'>, nowNs: number) => {
    const bytes = edited(
      encodeMessage(
        {
          ...{ senderCompId: 'DESK', targetCompId: 'VENUE' },
          msgSeqNum: Math.max(1, short.numbers()[0]! + at.numberOff),
          sendingTime: formatUtcTimestamp(ORIGIN_NS, nowNs + at.sentOffMs * 1e6),
        },
        message,
      ),
      at.edit,
    );
    for (const venue of [short, long]) {
      venue.hear(bytes.subarray(0, at.cut), at.cut > 0 ? 0 : 1e6);
      if (at.cut > 0) venue.hear(bytes.subarray(at.cut), 1e6);
      else venue.hear(bytes, 0);
    }
  };
  const usual = { numberOff: 0, sentOffMs: 0, edit: undefined, cut: 0 };
  say({ msgType: 'A', heartBtInt: 30, resetSeqNumFlag: true } as FixMessage, usual, 0);
  for (const [at, { message, ...how }] of sent.entries()) say(message, how, (at + 1) * 1e6);
  return { short, long };
}

describe('plain orders', () => {
  needsAddon('are answered by the same bytes as on the long way, or a desk would be misled', () => {
    fc.assert(
      fc.property(fc.array(anySent, { maxLength: 40 }), sent => {
        const { short, long } = talk(sent);
        expect(short.said).toEqual(long.said);
        expect(short.numbers()).toEqual(long.numbers());
      }),
      { numRuns: 200 },
    );
  });

  needsAddon('are most of what is tested here, or the test would compare nothing', () => {
    const message: FixMessage = {
      ...{ msgType: 'D', clOrdId: 'a', orderQty: '7000', price: '1.0001', side: '1' },
      ...{ symbol: 'EUR/USD', transactTime: TIME, postOnly: false },
    };
    let read = 0;
    const kernels: typeof loadedKernels.kernels = {
      ...loadedKernels.kernels,
      bindPlainOrders(buffers) {
        const bound = loadedKernels.kernels.bindPlainOrders!(buffers);
        return { ...bound, read: () => (bound.read() === 1 ? ++read : 0) && 1 };
      },
    };
    const venue = openVenue(kernels);
    const head = { senderCompId: 'DESK', targetCompId: 'VENUE', sendingTime: TIME };
    const logon = { msgType: 'A', heartBtInt: 30, resetSeqNumFlag: true } as FixMessage;
    venue.hear(encodeMessage({ ...head, msgSeqNum: 1 }, logon), 0);
    venue.hear(encodeMessage({ ...head, msgSeqNum: 2 }, message), 0);
    expect(read).toBe(1);
    expect(venue.said.at(-1)).toMatch(/35=8.*150=0.*35=8.*39=1.*150=F/s);
  });
});
