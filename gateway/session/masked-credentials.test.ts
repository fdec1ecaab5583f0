/** Passwords on the wire and nowhere else: a leak here would lie in logs for years. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MESSAGE_BYTES_MAX } from '#native';
import { encodeMessage } from '../fix/codec.ts';
import { createFramer } from '../fix/framer.ts';
import type { FixMessage } from '../fix/message.ts';
import { fillCredentials, MASKED_CREDENTIALS, maskingStream } from './masked-credentials.ts';

const HEADER = {
  ...{ msgSeqNum: 1, senderCompId: 'GATEWAY', targetCompId: 'VENUE' },
  sendingTime: '20260921-00:00:00.000',
};

const encoded = (message: FixMessage) => encodeMessage(HEADER, message);

const LOGON = { msgType: 'A', heartBtInt: 30, resetSeqNumFlag: false } as const;
const MASKED = encoded({ ...LOGON, ...MASKED_CREDENTIALS });
const KNOWN = { username: 'desk', password: 'hush now' };

/** What comes out of a stream that is given these segments. */
function through(segments: readonly Uint8Array[], password?: string): Buffer {
  const out: Buffer[] = [];
  const stream = maskingStream(bytes => out.push(bytes), password);
  for (const segment of segments) stream.push(segment);
  return Buffer.concat(out);
}

/** Sound messages in a stretch of bytes, and reasons for what is none. */
function framed(bytes: Buffer): string[] {
  const found: string[] = [];
  const framer = createFramer({
    onMessage: message => found.push(message.toString('latin1').replaceAll('\u0001', '|')),
    onGarbage: reason => found.push(reason),
  });
  framer.push(bytes);
  return found;
}

const texts = fc.string({ unit: fc.constantFrom(...'aZ0=|*8 '), minLength: 1, maxLength: 200 });

describe('a Logon with credentials', () => {
  it('is what a session that knows them would send', () => {
    expect(fillCredentials(MASKED, KNOWN)).toEqual(encoded({ ...LOGON, ...KNOWN }));
  });

  it('is masked into the bytes it was filled from, or no replay would be identical', () => {
    fc.assert(
      fc.property(texts, texts, fc.integer({ min: 1, max: 40 }), (username, password, bytes) => {
        const filled = fillCredentials(MASKED, { username, password });
        const segments = [];
        for (let from = 0; from < filled.length; from += bytes) {
          segments.push(filled.subarray(from, from + bytes));
        }
        expect(through(segments)).toEqual(MASKED);
      }),
    );
  });

  it('is the only message that is touched', () => {
    const logout = encoded({ msgType: '5', text: '554=***' });
    expect(fillCredentials(logout, KNOWN)).toBe(logout);
    expect(through([logout])).toEqual(logout);
  });
});

describe('what a venue says', () => {
  it('may repeat the password in a Logon or in words, and nobody reads it', () => {
    const said = [
      encoded({ ...LOGON, ...KNOWN }),
      encoded({ msgType: '5', text: 'hush now is not it, hush now' }),
      encoded({ msgType: '0' }),
    ];
    const masked = framed(through([Buffer.concat(said)], KNOWN.password));
    expect(masked.map(message => message.slice(message.indexOf('|56=VENUE|') + 10))).toEqual([
      expect.stringMatching(/^98=0\|108=30\|553=\*\*\*\|554=\*\*\*\|10=/),
      expect.stringMatching(/^58=\*\*\* is not it, \*\*\*\|10=/),
      expect.stringMatching(/^10=/),
    ]);
  });

  it.each([
    ['a wrong CheckSum', (sound: string) => sound.replace(/10=\d{3}/, '10=000'), 'bad-check-sum'],
    ['a sum that is none', (sound: string) => sound.replace(/10=\d{3}/, '10=999'), 'bad-check-sum'],
    ['a wrong length', (sound: string) => sound.replace(/9=\d+/, '9=20'), 'bad-body-length'],
  ])('with %s stays garbled: masking must not mend it', (_, spoilt, reason) => {
    const sound = encoded({ ...LOGON, ...KNOWN }).toString('latin1');
    const next = encoded({ msgType: '0' });
    const bytes = through([Buffer.from(spoilt(sound), 'latin1'), next], KNOWN.password);
    expect(bytes.toString('latin1')).not.toContain('hush');
    const [garbage, ...sounds] = framed(bytes);
    expect(garbage).toBe(reason);
    expect(sounds.at(-1)).toContain('|35=0|');
  });

  it('is taken up behind half a message, and behind noise without an end', () => {
    const logon = encoded({ ...LOGON, ...KNOWN });
    const half = through([logon.subarray(0, 40), logon], KNOWN.password);
    expect(framed(half).at(-1)).toContain('|554=***|');
    const noise = Buffer.alloc(3 * MESSAGE_BYTES_MAX, 'x');
    expect(framed(through([noise, logon], KNOWN.password))).toHaveLength(1);
  });
});
