/** The dictionary of FIX 4.4: what it holds, and what it finds in messages. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyHeader, anyMessage } from '../any-message.ts';
import { encodeMessage } from '../codec.ts';
import { type FixView, parseMessage } from '../parse.ts';
import { RejectReason } from '../tag.ts';
import { fix44, readDictionary } from './read-dictionary.ts';
import { DICTIONARY_RULES, type DictionaryRules, validateMessage } from './validate.ts';

const runs = Number(process.env.OUTRIDER_FUZZ_RUNS ?? 500);

/** Frames fields written with `|`; length and checksum are not looked at here. */
function viewOf(fields: string): FixView {
  const view = parseMessage(Buffer.from(`8=FIX.4.4|9=5|${fields}|10=000|`.replaceAll('|', '\x01')));
  if (view.kind === 'garbled') throw new Error(`garbled: ${fields}`);
  return view;
}

const HEADER = '34=2|49=A|52=20260921-10:00:00.000|56=B';
const ORDER = '11=id|21=3|40=1|54=1|55=X|60=20260921-10:00:00';

function verdict(fields: string, rules: Partial<DictionaryRules> = {}) {
  const found = validateMessage(viewOf(fields), { ...DICTIONARY_RULES, ...rules });
  if (found === undefined || found === 'garbled') return found;
  return [found.reason, found.tag];
}

describe('the dictionary', () => {
  it('holds FIX 4.4 whole, or some message of a venue would be refused', () => {
    const { fields, messages, header, trailer } = fix44();
    expect([fields.size, messages.size]).toEqual([916, 92]);
    expect(messages.get('D')).toMatchObject({ name: 'NewOrderSingle', isAdministrative: false });
    expect(header.required).toEqual([8, 9, 35, 49, 56, 34, 52]);
    expect(trailer.required).toEqual([10]);
    for (const { places, groups } of messages.values()) {
      for (const tag of [...places.keys(), ...groups.keys()]) expect(fields.has(tag)).toBe(true);
    }
  });

  it('opens components and groups in groups', () => {
    const parties = fix44().messages.get('D')!.groups.get(453)!;
    expect(parties.delimiter).toBe(448);
    expect(parties.groups.get(802)).toMatchObject({ delimiter: 523, required: [] });
  });

  it('names the line it cannot read', () => {
    expect(() => readDictionary('fields 1 A STRING')).toThrow('dictionary line fields 1 A');
  });
});

describe('what is wrong with a message is found and named', () => {
  const R = RejectReason;
  it.each<[string, number, number | undefined]>([
    [`35=0|${HEADER}|0=x`, R.invalidTag, 0],
    [`35=0|${HEADER}|-1=x`, R.invalidTag, -1],
    [`35=0|${HEADER}|999=x`, R.invalidTag, 999],
    [`35=0|${HEADER}|5000=x`, R.invalidTag, 5000],
    ['35=0|34=2|49=A|52=20260921-10:00:00', R.requiredTagMissing, 56],
    [`35=D|${HEADER}|11=id|40=1|54=1|60=20260921-10:00:00`, R.requiredTagMissing, 55],
    [`35=0|${HEADER}|55=X`, R.tagNotDefined, 55],
    [`35=0|${HEADER}|112=`, R.tagWithoutValue, 112],
    [`35=D|${HEADER}|${ORDER}|167=BOO`, R.valueIncorrect, 167],
    [`35=D|${HEADER}|${ORDER}|18=1 ?`, R.valueIncorrect, 18],
    [`35=D|${HEADER}|${ORDER}|38=+200.00`, R.dataFormatIncorrect, 38],
    [`35=D|${HEADER}|${ORDER}|126=20260921`, R.dataFormatIncorrect, 126],
    [`35=D|${HEADER}|${ORDER}|386=two`, R.dataFormatIncorrect, 386],
    [`35=*|${HEADER}`, R.invalidMsgType, undefined],
    [`35=D|${HEADER}|${ORDER}|40=2`, R.tagTwice, 40],
    [`35=D|${HEADER}|34=2|${ORDER}`, R.tagTwice, 34],
    [`35=D|11=id|${HEADER}`, R.tagOutOfOrder, 34],
    [`35=D|${HEADER}|${ORDER}|78=1|79=a|80=5|661=1`, R.groupOutOfOrder, 661],
    [`35=D|${HEADER}|${ORDER}|78=1|80=5`, R.groupOutOfOrder, 80],
    [`35=D|${HEADER}|${ORDER}|386=3|336=a|336=b`, R.groupCountIncorrect, 386],
    [`35=D|${HEADER}|${ORDER}|453=1|448=a|802=2|523=b`, R.groupCountIncorrect, 802],
  ])('%s', (fields, reason, tag) => {
    expect(verdict(fields)).toEqual([reason, tag]);
  });

  it('leaves unanswered what is no tag at all, as QuickFIX does', () => {
    expect(verdict(`35=0|${HEADER}|4garbled9=x`)).toBe('garbled');
  });

  it('says which field a group should have begun with', () => {
    const found = validateMessage(viewOf(`35=D|${HEADER}|${ORDER}|78=1|80=5`));
    expect(found).toMatchObject({ text: 'The group 78 must set the delimiter field 79' });
  });
});

describe('what is well formed passes', () => {
  it.each([
    `35=D|49=A|34=2|56=B|52=20260921-10:00:00|${ORDER}|38=002000.00`,
    `35=D|${HEADER}|${ORDER}|78=2|79=a|661=1|80=5|79=b|80=6|126=20260921-10:00:00`,
    `35=D|${HEADER}|${ORDER}|453=1|448=a|447=D|452=1|802=1|523=b|803=2|18=1 6`,
    `35=d|${HEADER}|320=a|322=b|323=6|55=TBS|454=0`,
    `35=C|${HEADER}|164=t|94=0|147=s|33=2|58=a|58=b|95=3|96=a|b`,
    `35=0|${HEADER}|627=1|628=hop|112=x`,
  ])('%s', fields => {
    expect(verdict(fields)).toBeUndefined();
  });

  it.each<[string, Partial<DictionaryRules>]>([
    [
      `35=D|11=id|${HEADER}|21=3|40=1|54=1|55=X|60=20260921-10:00:00`,
      {
        validateFieldsOutOfOrder: false,
      },
    ],
    [`35=0|${HEADER}|112=`, { validateFieldsHaveValues: false }],
    [`35=0|${HEADER}|5000=x`, { validateUserDefinedFields: false }],
    [`35=0|${HEADER}|999=x|55=y`, { allowUnknownMsgFields: true }],
    [`35=D|${HEADER}|${ORDER}|78=1|79=a|80=5|661=1`, { validateUnorderedGroupFields: false }],
    [`35=D|${HEADER}|${ORDER}|78=1|79=a|5001=x|80=5`, { validateUserDefinedFields: false }],
  ])('%s under %o, or the switch would switch nothing', (fields, rules) => {
    expect(verdict(fields)).not.toBeUndefined();
    expect(verdict(fields, rules)).toBeUndefined();
  });
});

/** Numbers that FIX 4.4 lists; the gateway itself takes any, since venues add their own. */
const LISTED = {
  ...{ cxlRejReason: 1, ordRejReason: 3, sessionRejectReason: 5, businessRejectReason: 3 },
  ...{ execInst: '6', refTagId: 58, rejectReason: 1 },
};

it('passes whatever the gateway writes, or it would send what its own acceptor refuses', () => {
  fc.assert(
    fc.property(anyHeader, anyMessage, (header, message) => {
      const listed = Object.entries(LISTED).filter(([key]) => {
        return (message as Record<string, unknown>)[key] !== undefined;
      });
      const bytes = encodeMessage(header, { ...message, ...Object.fromEntries(listed) });
      const view = parseMessage(bytes) as FixView;
      expect(validateMessage(view)).toBeUndefined();
    }),
    { numRuns: runs },
  );
});

describe('arbitrary messages', () => {
  const tag = fc.oneof(
    fc.constantFrom(...fix44().fields.keys()),
    fc.constantFrom(34, 49, 52, 56, 78, 79, 80, 386, 453, 448, 802, 95, 96, 555, 600, 539),
    fc.integer({ min: -3, max: 70_000 }),
  );
  const text = fc.oneof(fc.constantFrom('1', '2', '0', 'Y', '', '-1'), fc.string());
  const field = fc.tuple(tag, text).map(([number, value]) => `${number}=${value}`);
  const type = fc.oneof(fc.constantFrom(...fix44().messages.keys()), fc.string({ maxLength: 3 }));

  it('never throws and names a reason there is, or one message would stop a session', () => {
    const reasons = new Set<number>(Object.values(RejectReason));
    fc.assert(
      fc.property(type, fc.array(field, { maxLength: 40 }), (msgType, fields) => {
        const body = [`35=${msgType}`, HEADER, ...fields].join('|').replaceAll('|', '\x01');
        const view = parseMessage(
          Buffer.from(`8=FIX.4.4\x019=5\x01${body}\x0110=000\x01`, 'latin1'),
        );
        if (view.kind === 'garbled') return;
        const found = validateMessage(view);
        if (found === undefined || found === 'garbled') return;
        expect(reasons.has(found.reason)).toBe(true);
      }),
      { numRuns: runs },
    );
  });

  it('takes time in proportion to the message, whatever its groups', () => {
    const entries = '448=a\x01802=1\x01523=b\x01'.repeat(3_000);
    const view = viewOf(`35=D|${HEADER}|${ORDER}|453=3000\x01${entries.slice(0, -1)}`);
    expect(validateMessage(view)).toBeUndefined();
  });
});
