/** Without these, the checkers could judge bytes that they misread. */
import { describe, expect, it } from 'vitest';
import { fixText, newOrder } from '../testing/fix-text.ts';
import { readFix, timestampMs } from './fix-bytes.ts';

describe('reading FIX bytes', () => {
  it('finds each message wherever it lies, with its first values', () => {
    const second = fixText('35=0', '34=8', '43=Y');
    const bytes = `rubbish${newOrder(7, 'A', '11=B')}\u0000\u0001${second}`;
    const { messages, torn, damaged } = readFix(bytes);
    expect(messages).toMatchObject([
      { type: 'D', number: 7, isDuplicate: false, sentMs: Date.UTC(2026, 10, 21, 10) },
      { type: '0', number: 8, isDuplicate: true },
    ]);
    expect(messages[0]!.fields.get(11)).toBe('A');
    expect([torn, damaged]).toEqual([0, []]);
  });

  it('calls a message torn where the next one begins before its end', () => {
    const whole = newOrder(1, 'A');
    for (let length = 12; length < whole.length; length += 7) {
      const { messages, torn, damaged } = readFix(whole.slice(0, length) + newOrder(2, 'B'));
      expect({ numbers: messages.map(({ number }) => number), torn, damaged }).toEqual({
        ...{ numbers: [2], torn: 1, damaged: [] },
      });
    }
  });

  it('calls a whole message damaged where its checksum is wrong', () => {
    const { messages, damaged } = readFix(newOrder(1, 'A').replace('11=A', '11=B'));
    expect(messages).toEqual([]);
    expect(damaged).toHaveLength(1);
  });

  it('reads times to the millisecond', () => {
    expect(timestampMs('20261121-23:59:59.999')).toBe(Date.UTC(2026, 10, 21, 23, 59, 59, 999));
  });
});
