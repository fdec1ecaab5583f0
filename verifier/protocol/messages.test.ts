/** Every message comes back as it was sent; every field out of its bounds is named. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutriderError } from '#engine';
import { ECHO_DESCRIPTION, ECHO_TERMS } from '../testing/echo-edge.ts';
import { anySpeculation, anyTerms, anyVerdict } from '../testing/protocol-values.ts';
import type { Frame } from './frame.ts';
import { createFrameDecoder } from './frame-decoder.ts';
import { decodeGoodbye, encodeGoodbye } from './goodbye.ts';
import { decodeHeartbeat, encodeHeartbeat } from './heartbeat.ts';
import { decodeHello, encodeHello } from './hello.ts';
import { decodeHelloRefusal, encodeHelloRefusal } from './hello-refusal.ts';
import { createFrameWriter, type FrameWriter } from './payload.ts';
import { decodeRefusal, encodeRefusal } from './refusal.ts';
import { decodeSpeculation, encodeSpeculation, requestIdOf } from './request.ts';
import type { Speculation, Verdict, VerifierTerms } from './speculation.ts';
import { termsHash } from './terms.ts';
import { decodeVerdict, encodeVerdict } from './verdict.ts';
import { decodeWelcome, encodeWelcome } from './welcome.ts';

const frames = createFrameWriter(termsHash(ECHO_TERMS));

/** The frame that arrives, in memory of its own. */
function arrive(bytes: Uint8Array): Frame {
  const arrived: Frame[] = [];
  createFrameDecoder().push(bytes, frame =>
    arrived.push({ ...frame, payload: frame.payload.slice() }),
  );
  expect(arrived).toHaveLength(1);
  return arrived[0]!;
}

function complaintOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(OutriderError);
    expect((error as OutriderError).code).toBe('bad-frame');
    return (error as OutriderError).message;
  }
  throw new Error('nothing was thrown');
}

describe('a message comes back as it was sent, or the two sides would disagree unseen', () => {
  it('hello', () => {
    fc.assert(
      fc.property(anyTerms, terms => {
        expect(decodeHello(arrive(encodeHello(frames, terms)))).toEqual(terms);
      }),
    );
  });

  it('welcome', () => {
    const frame = arrive(encodeWelcome(frames, ECHO_DESCRIPTION));
    expect(decodeWelcome(frame)).toEqual(ECHO_DESCRIPTION);
    expect(frame.termsHash).toBe(termsHash(ECHO_TERMS));
  });

  it('speculation', () => {
    const drawn = anyTerms.chain(terms => fc.tuple(fc.constant(terms), anySpeculation(terms)));
    fc.assert(
      fc.property(drawn, ([terms, request]) => {
        const frame = arrive(encodeSpeculation(frames, request));
        expect(decodeSpeculation(frame, terms)).toEqual(request);
        expect(requestIdOf(frame)).toBe(request.requestId);
      }),
    );
  });

  it('verdict', () => {
    const drawn = anyTerms.chain(terms => fc.tuple(fc.constant(terms), anyVerdict(terms)));
    fc.assert(
      fc.property(drawn, ([terms, verdict]) => {
        const least = {
          ...terms,
          branchesMax: Math.max(terms.branchesMax, verdict.contexts.length),
        };
        expect(decodeVerdict(arrive(encodeVerdict(frames, verdict)), least)).toEqual(verdict);
      }),
    );
  });

  it('refusals, goodbyes and heartbeats, with text cut where it is too long', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constant('é€😀'.repeat(500)));
    const reason = fc.constantFrom(
      ...(['resync', 'expired', 'overloaded', 'bad-request', 'superseded'] as const),
    );
    fc.assert(
      fc.property(text, reason, fc.maxSafeInteger().map(Math.abs), (detail, why, number) => {
        const refusal = decodeRefusal(
          arrive(encodeRefusal(frames, { requestId: number, reason: why, detail })),
        );
        expect(refusal).toMatchObject({ requestId: number, reason: why });
        expect(detail.startsWith(refusal.detail)).toBe(true);
        expect(refusal.detail.length).toBeGreaterThanOrEqual(Math.min(detail.length, 300));
        const permanent = number % 2 === 0;
        const hello = { field: 'kernel', detail, permanent } as const;
        expect(decodeHelloRefusal(arrive(encodeHelloRefusal(frames, hello)))).toEqual({
          ...hello,
          detail: refusal.detail,
        });
        expect(decodeGoodbye(arrive(encodeGoodbye(frames, detail)))).toBe(refusal.detail);
        expect(decodeHeartbeat(arrive(encodeHeartbeat(frames, 'ping', number)))).toBe(number);
      }),
    );
  });
});

const REQUEST: Speculation = {
  ...{ requestId: 3, instrument: 1, epoch: 2, moveIndex: 40, budgetNs: 1e6, wantsPresent: true },
  update: { kind: 'whole', tokens: fill(8, 1), codes: fill(8, 2), scale: 4096 },
  sideInputs: { version: 1, values: Int16Array.of(-3, 4) },
  identity: '0f'.repeat(16),
  branches: Uint8Array.of(1, 2),
  hints: fill(36, 5),
};

const VERDICT: Verdict = {
  ...{ requestId: 3, instrument: 1, epoch: 2, moveIndex: 40, identity: '0f'.repeat(16) },
  ...{ serviceNs: 1, passes: 1, drafted: 2, accepted: 1, verified: 3 },
  contexts: [
    { branch: 1, accepted: fill(3, 4), tokens: fill(12, 1), forecast: new Int32Array(40) },
    { branch: undefined, accepted: fill(3, 0), tokens: fill(12, 1), forecast: new Int32Array(40) },
  ],
};

function fill(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}

describe('a field out of its bounds is named with its value, or no one finds the cause', () => {
  it.each<[string, Partial<Speculation>]>([
    ['instrument is 2;', { instrument: 2 }],
    ['moveIndex is 7;', { moveIndex: 7 }],
    ['branches is 1,1;', { branches: Uint8Array.of(1, 1) }],
    ['branches[1] is 64;', { branches: Uint8Array.of(1, 64) }],
    ['branches has 6 bytes', { branches: Uint8Array.of(1, 2, 3, 4, 5, 6) }],
    ['branches is empty;', { branches: fill(0, 0), wantsPresent: false }],
    ['hints has 35 bytes;', { hints: fill(35, 5) }],
    ['hints has 48 bytes', { hints: fill(48, 5) }],
    ['hints[0] is 64;', { hints: fill(36, 64) }],
    ['update.tokens[0] is 200;', { update: { kind: 'moves', tokens: fill(2, 200) } }],
    ['update.tokens has 9 bytes', { update: { kind: 'moves', tokens: fill(9, 2) } }],
    ['update.tokens has 7 bytes;', { update: whole({ tokens: fill(7, 1) }) }],
    ['update.codes has 7 bytes;', { update: whole({ codes: fill(7, 1) }) }],
    ['update.codes[0] is 64;', { update: whole({ codes: fill(8, 64) }) }],
    ['sideInputs.values are missing;', { sideInputs: { version: 1, values: undefined } }],
    ['sideInputs.values come without', { sideInputs: { version: 0, values: Int16Array.of(1) } }],
    ['sideInputs.values has 2 bytes;', { sideInputs: { version: 1, values: Int16Array.of(1) } }],
    ['sideInputs.values has 6 bytes', { sideInputs: { version: 1, values: new Int16Array(3) } }],
    ['update.scale is 0;', { update: whole({ scale: 0 }) }],
    ['update.scale is 4294967295;', { update: whole({ scale: 2 ** 32 - 1 }) }],
  ])('request: %s', (complaint, change) => {
    const frame = arrive(encodeSpeculation(frames, { ...REQUEST, ...change }));
    expect(complaintOf(() => decodeSpeculation(frame, ECHO_TERMS))).toContain(complaint);
  });

  it('request: hints without a draft to have made them', () => {
    const frame = arrive(encodeSpeculation(frames, REQUEST));
    const terms = { ...ECHO_TERMS, draftHash: '' };
    expect(complaintOf(() => decodeSpeculation(frame, terms))).toContain('hints come without');
  });

  it('request: side inputs under terms that know none', () => {
    const frame = arrive(encodeSpeculation(frames, REQUEST));
    const terms = { ...ECHO_TERMS, sideInputs: 0 };
    expect(complaintOf(() => decodeSpeculation(frame, terms))).toContain('under terms with none');
  });

  it.each<[string, Verdict]>([
    ['accepted is 3;', { ...VERDICT, accepted: 3 }],
    ['contexts is 7;', { ...VERDICT, contexts: Array(7).fill(VERDICT.contexts[0]) }],
    ['contexts holds a branch', { ...VERDICT, contexts: Array(2).fill(VERDICT.contexts[0]) }],
    ['branch is 64;', withContext({ branch: 64 })],
    ['accepted[0] is 5;', withContext({ accepted: fill(3, 5) })],
    ['accepted has 2 bytes;', withContext({ accepted: fill(2, 0) })],
    ['tokens[0] is 64;', withContext({ tokens: fill(12, 64) })],
    ['tokens has 13 bytes', withContext({ tokens: fill(13, 0) })],
    ['forecast needs 4 bytes', withContext({ forecast: new Int32Array(39) })],
    ['is followed by 4 bytes', withContext({ forecast: new Int32Array(41) })],
  ])('verdict: %s', (complaint, verdict) => {
    const frame = arrive(encodeVerdict(frames, verdict));
    expect(complaintOf(() => decodeVerdict(frame, ECHO_TERMS))).toContain(complaint);
  });

  it.each<[string, Partial<VerifierTerms>]>([
    ['terms.modelHash is ""', { modelHash: '' }],
    ['terms.kernel is "a b"', { kernel: 'a b' }],
    ['terms.draftHash is "\\n"', { draftHash: '\n' }],
    ['terms.paths is 0;', { paths: 0 }],
    ['terms.paths is 1025;', { paths: 1025 }],
    ['terms.moves is 257;', { moves: 257 }],
    ['terms.contextMoves is 0;', { contextMoves: 0 }],
    ['terms.sideInputs is 17;', { sideInputs: 17 }],
    ['terms.branchesMax is 65;', { branchesMax: 65 }],
    ['terms.symbols.length is 0;', { symbols: [] }],
    ['terms.symbols is "é"', { symbols: ['é'] }],
    ['names a symbol twice', { symbols: ['A', 'A'] }],
    ['a frame holds 1048576', { paths: 1024, moves: 256, branchesMax: 64 }],
  ])('terms: %s', (complaint, change) => {
    const frame = arrive(encodeHello(frames, { ...ECHO_TERMS, ...change }));
    expect(complaintOf(() => decodeHello(frame))).toContain(complaint);
  });

  it('hello: more symbols than its bytes hold make no memory', () => {
    const writer: FrameWriter = (kind, write) =>
      frames(kind, payload => {
        write(payload);
        payload.varint('more', 1);
      });
    const frame = arrive(encodeHello(writer, ECHO_TERMS));
    expect(complaintOf(() => decodeHello(frame))).toContain('followed by 1 bytes');
    const counted = arrive(
      frames({ name: 'hello' }, payload => {
        for (const text of ['a', 'b', 'c']) payload.text('text', text, 9);
        for (let field = 0; field < 6; field++) payload.varint('field', 1);
        payload.varint('symbols', Number.MAX_SAFE_INTEGER);
      }),
    );
    expect(complaintOf(() => decodeHello(counted))).toContain('terms.symbols');
  });
});

describe('the terms hash', () => {
  it('differs with every term, or a verdict of other terms would pass', () => {
    const changes: Partial<VerifierTerms>[] = [
      ...[{ modelHash: 'b' }, { kernel: 'b' }, { draftHash: '' }, { seed: 8 }, { paths: 4 }],
      ...[
        { moves: 5 },
        { contextMoves: 9 },
        { sideInputs: 3 },
        { branchesMax: 6 },
        { symbols: ['EURUSD'] },
      ],
      ...[{ symbols: ['XAUUSD', 'EURUSD'] }, { symbols: ['EURUSD\nXAUUSD'] }],
    ];
    const hashes = changes.map(change => termsHash({ ...ECHO_TERMS, ...change }));
    // The last change has the same text, which is why no symbol may hold a line break.
    expect(new Set([...hashes, termsHash(ECHO_TERMS)]).size).toBe(changes.length);
    expect(hashes.at(-1)).toBe(termsHash(ECHO_TERMS));
  });
});

function whole(change: Partial<Extract<Speculation['update'], { kind: 'whole' }>>) {
  return { kind: 'whole', tokens: fill(8, 1), codes: fill(8, 2), scale: 4096, ...change } as const;
}

function withContext(change: Partial<Verdict['contexts'][number]>): Verdict {
  return { ...VERDICT, contexts: [{ ...VERDICT.contexts[0]!, ...change }] };
}
