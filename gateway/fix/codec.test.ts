/** Round trips, golden bytes and every malformed field of the codec. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyHeader, anyMessage } from './any-message.ts';
import {
  decodeHeader,
  decodeMessage,
  encodeAgain,
  encodeMessage,
  type FixHeader,
} from './codec.ts';
import type { FixMessage } from './message.ts';
import { type FixView, parseMessage } from './parse.ts';
import { RejectReason } from './tag.ts';

const time = '20260921-14:13:22.000';
const header: FixHeader = {
  ...{ msgSeqNum: 7, senderCompId: 'OUTRIDER', sendingTime: time, targetCompId: 'VENUE' },
};
const order: FixMessage = {
  ...{ msgType: 'D', clOrdId: '20260921-000001', postOnly: true, orderQty: '5000' },
  ...{ price: '1.38700', side: '1', symbol: 'EUR/USD', transactTime: time },
};

function readable(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1').replaceAll('\u0001', '|');
}

function viewOf(bytes: Uint8Array): FixView {
  const view = parseMessage(bytes);
  if (view.kind !== 'view') throw new Error(`garbled: ${readable(bytes)}`);
  return view;
}

/** Frames fields given as `35=D|34=1|...|` without length and checksum. */
function framed(fields: string): Buffer {
  const body = fields.replaceAll('|', '\u0001');
  const head = `8=FIX.4.4\u00019=${body.length}\u0001${body}`;
  const sum = Buffer.from(head, 'latin1').reduce((total, byte) => total + byte, 0) % 256;
  return Buffer.from(`${head}10=${String(sum).padStart(3, '0')}\u0001`, 'latin1');
}

describe('encoding', () => {
  it('writes a new order to the byte, or other implementations of the wire would differ', () => {
    expect(readable(encodeMessage(header, order))).toBe(
      '8=FIX.4.4|9=155|35=D|34=7|49=OUTRIDER|52=20260921-14:13:22.000|56=VENUE|' +
        '11=20260921-000001|18=6|21=1|38=5000|40=2|44=1.38700|54=1|55=EUR/USD|59=0|' +
        '60=20260921-14:13:22.000|10=170|',
    );
  });

  it('keeps header and body in ascending tag order and the frame sound for every message', () => {
    fc.assert(
      fc.property(anyHeader, anyMessage, (someHeader, message) => {
        const bytes = encodeMessage(someHeader, message);
        const { fields, bodyStart, bodyEnd, problem } = viewOf(bytes);
        expect(problem).toBeUndefined();
        const places = [];
        for (let at = 0; at < fields.length; at += 3) places.push([fields[at]!, fields[at + 1]!]);
        expect(places.slice(0, 3).map(([tag]) => tag)).toEqual([8, 9, 35]);
        expect(places.at(-1)![0]).toBe(10);
        const inHeader = places.slice(3).filter(([, start]) => start! < bodyStart);
        const inBody = places.filter(([, start]) => start! > bodyStart && start! < bodyEnd);
        for (const part of [inHeader, inBody]) {
          const tags = part.map(([tag]) => tag!);
          expect(tags).toEqual(tags.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  it('brings every message back as it was, or an order would change on the wire', () => {
    fc.assert(
      fc.property(anyHeader, anyMessage, (someHeader, message) => {
        const view = viewOf(encodeMessage(someHeader, message));
        expect(decodeHeader(view)).toEqual({ header: someHeader });
        expect(decodeMessage(view)).toEqual({ message });
      }),
    );
  });

  it('resends the same body under a new header', () => {
    fc.assert(
      fc.property(anyHeader, anyHeader, anyMessage, (first, second, message) => {
        const view = viewOf(encodeMessage(first, message));
        expect(readable(encodeAgain(second, view))).toBe(readable(encodeMessage(second, message)));
      }),
    );
  });

  it.each([
    ['an empty field', { clOrdId: '' }, /FIX field 11: "" is empty/],
    ['a delimiter in a text', { symbol: 'EUR\u0001USD' }, /FIX field 55.*SOH/],
    ['a character beyond Latin-1', { symbol: '€' }, /FIX field 55.*Latin-1/],
    ['a price that is no decimal', { price: '1.3e4' }, /FIX field 44.*decimal/],
    ['a time that is none', { transactTime: 'now' }, /FIX field 60.*YYYYMMDD/],
    ['a text beyond any message', { symbol: 'x'.repeat(70_000) }, /65536/],
  ])('refuses %s and encodes the next message as if nothing had been', (_, change, message) => {
    expect(() => encodeMessage(header, { ...order, ...change })).toThrow(message);
    expect(decodeMessage(viewOf(encodeMessage(header, order))).message).toEqual(order);
  });
});

const HEAD = '35=D|34=7|49=A|52=20260921-14:13:22|56=B|';
const BODY = '11=id|38=1|40=2|44=1.5|54=1|55=X|60=20260921-14:13:22|';

describe('decoding', () => {
  it.each([
    ['34', HEAD.replace('34=7|', '')],
    ['49', HEAD.replace('49=A|', '')],
    ['52', HEAD.replace('52=20260921-14:13:22|', '')],
    ['56', HEAD.replace('56=B|', '')],
  ])('names a missing %s, which no message may lack', (tag, head) => {
    const { problem } = viewOf(framed(head + BODY));
    expect(problem).toEqual({ reason: RejectReason.requiredTagMissing, tag: Number(tag) });
  });

  it('calls garbled what does not begin with 8, 9 and 35', () => {
    const garbled = { kind: 'garbled', reason: 'not-a-header' };
    expect(parseMessage(framed(`34=7|${HEAD}${BODY}`))).toEqual(garbled);
    expect(parseMessage(framed(HEAD.replace('35=D|', '') + BODY))).toEqual(garbled);
    expect(parseMessage(Buffer.alloc(0))).toEqual(garbled);
  });

  it.each([
    ['a header field twice', `${HEAD}34=8|${BODY}`, RejectReason.tagTwice, 34],
    ['a header field in the body', `${HEAD}${BODY}97=Y|`, RejectReason.tagOutOfOrder, 97],
    ['a field behind the CheckSum', `${HEAD}${BODY}10=000|58=x|`, RejectReason.tagOutOfOrder, 58],
    ['a body field twice', `${HEAD}${BODY}11=id|`, RejectReason.tagTwice, 11],
    ['a field without a value', `${HEAD}${BODY.replace('=id', '=')}`, 4, 11],
    [
      'a delimiter in a value',
      `${HEAD}${BODY.replace('=id', '=i|d')}`,
      RejectReason.invalidTag,
      undefined,
    ],
    ['tag 0', `${HEAD}0=x|${BODY}`, RejectReason.invalidTag, 0],
    ['a tag with a leading zero', `${HEAD}${BODY.replace('11=', '011=')}`, 0, 11],
    ['an immense tag', `${HEAD}99999999999=x|${BODY}`, RejectReason.invalidTag, undefined],
    ['a data length that overshoots', `${HEAD}${BODY}95=900|96=x|`, 6, 96],
    ['a data length that is no number', `${HEAD}${BODY}95=x|96=x|`, 6, 96],
    ['a data length without its data', `${HEAD}${BODY}95=1|58=x|`, 6, 96],
    ['a sequence number of 0', `${HEAD.replace('34=7', '34=0')}${BODY}`, 6, 34],
    ['a sequence number beyond 31 bits', `${HEAD.replace('34=7', '34=2147483648')}${BODY}`, 6, 34],
    ['a missing field', HEAD + BODY.replace('11=id|', ''), RejectReason.requiredTagMissing, 11],
    ['a price in words', HEAD + BODY.replace('=1.5', '=cheap'), 6, 44],
    ['a side that is none', HEAD + BODY.replace('54=1', '54=7'), RejectReason.valueIncorrect, 54],
    ['an order on a spread', HEAD + BODY.replace('40=2', '40=8'), RejectReason.valueIncorrect, 40],
    ['an impossible time', HEAD + BODY.replace('60=20260921', '60=20260931'), 6, 60],
  ])('names %s by reason and tag', (_, fields, reason, tag) => {
    const view = viewOf(framed(fields));
    expect(decodeHeader(view).problem ?? decodeMessage(view).problem).toEqual({ reason, tag });
  });

  it('takes data fields by their length, delimiters and all', () => {
    const view = viewOf(framed(`${HEAD}${BODY}95=5|96=a|=8=|`));
    expect(view.problem).toBeUndefined();
    expect(decodeMessage(view).message?.msgType).toBe('D');
  });

  it('takes fields it does not know, and groups it does not read', () => {
    const view = viewOf(framed(`${HEAD}${BODY}453=2|448=a|447=D|448=b|447=D|20001=x|`));
    expect(view.duplicates).toEqual([448, 447]);
    expect(decodeMessage(view).message).toMatchObject({ msgType: 'D', clOrdId: 'id' });
  });

  it('has no problem with a type it does not speak: the session answers that', () => {
    expect(decodeMessage(viewOf(framed(HEAD.replace('35=D', '35=R'))))).toEqual({
      problem: undefined,
    });
  });
});
