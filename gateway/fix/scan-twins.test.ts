/** Native scan and twin on the same bytes: a difference would be two gateways of one log. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createFieldScan,
  createFrameScan,
  FRAME,
  type Kernels,
  loadedKernels,
  MESSAGE_BYTES_MAX,
  twinKernels,
} from '#native';
import { anyBytes, anyFramed, anyMutation, anyStream, anySyntax, bytesOf } from './any-stream.ts';
import { createFramer } from './framer.ts';
import { createParser } from './parse.ts';

const { kind, kernels } = loadedKernels;
const numRuns = Number(process.env.OUTRIDER_FUZZ_RUNS ?? 3_000);
const anyMessage = fc.oneof(anyBytes, anyMutation, anySyntax, anyFramed, fc.uint8Array());

/** What a frame scan says of the range [start, end) of some bytes. */
function frameScanner(implementation: Kernels) {
  const { bytes, frame, scan } = createFrameScan(implementation);
  return (given: Uint8Array, start: number, end: number) => {
    bytes.set(given);
    frame[FRAME.start] = start;
    frame[FRAME.end] = end;
    const found = scan();
    return found === 0 ? [found, frame[FRAME.at]] : [found, ...frame];
  };
}

function fieldScanner(implementation: Kernels) {
  const { bytes, fields, duplicates, values, scan } = createFieldScan(implementation);
  return (given: Uint8Array) => {
    bytes.set(given);
    const count = scan(given.length);
    if (count === 0) return [];
    return [[...fields.subarray(0, count)], [...duplicates.subarray(0, values[0]!)], [...values]];
  };
}

/** Framed, and each message parsed. */
function wholeWay(implementation: Kernels) {
  const parse = createParser(implementation);
  return (chunks: readonly Uint8Array[], recovery: 'next-byte' | 'claimed-end') => {
    const seen: unknown[] = [];
    const handler = {
      onMessage: (bytes: Buffer) => seen.push(parse(bytes)),
      onGarbage: (reason: string) => seen.push(reason),
    };
    const framer = createFramer(handler, { recovery }, implementation);
    for (const chunk of chunks) framer.push(chunk);
    return seen;
  };
}

describe.skipIf(kind === 'twin')('the addon beside the twin (needs the Rust addon)', () => {
  it('finds the same message or garbage in any range, or sessions would count differently', () => {
    const [native, twin] = [frameScanner(kernels), frameScanner(twinKernels)];
    const anyRange = fc.tuple(fc.nat(), fc.nat());
    fc.assert(
      fc.property(anyStream, anyRange, (parts, [one, other]) => {
        const bytes = Buffer.concat(parts).subarray(0, MESSAGE_BYTES_MAX);
        const places = [one % (bytes.length + 1), other % (bytes.length + 1)].sort((a, b) => a - b);
        const range = [places[0]!, places[1]!] as const;
        expect(native(bytes, ...range)).toEqual(twin(bytes, ...range));
      }),
      { numRuns },
    );
  });

  it('takes any bytes apart alike: fields, repetitions, the first problem and its tag', () => {
    const [native, twin] = [fieldScanner(kernels), fieldScanner(twinKernels)];
    fc.assert(
      fc.property(anyMessage, bytes => {
        expect(native(bytes)).toEqual(twin(bytes));
      }),
      { numRuns },
    );
  });

  it('gives a session the same views of any stream in any segments', () => {
    const [native, twin] = [wholeWay(kernels), wholeWay(twinKernels)];
    const anyRecovery = fc.constantFrom('next-byte' as const, 'claimed-end' as const);
    fc.assert(
      fc.property(anyStream, anyRecovery, (parts, recovery) => {
        expect(native(parts, recovery)).toEqual(twin(parts, recovery));
      }),
      { numRuns },
    );
  });
});

describe.each(Object.entries({ twin: twinKernels, [kind]: kernels }))('%s', (_, implementation) => {
  it('holds as many fields as fit a message, or the longest would be cut', () => {
    const scan = fieldScanner(implementation);
    const head = bytesOf('8=|9=|35=|');
    const room = Math.floor((MESSAGE_BYTES_MAX - head.length - 2) / 3);
    const [fields, duplicates] = scan(
      Buffer.concat([head, bytesOf('1=|'.repeat(room)), bytesOf('1=')]),
    );
    expect(fields).toHaveLength(3 * (3 + room + 1));
    expect(duplicates).toHaveLength(room);
  });

  it('forgets the message before, or its tags would count as repeated', () => {
    const scan = fieldScanner(implementation);
    const message = bytesOf('8=FIX.4.4|9=5|35=D|11=a|58=b|58=c|99999=x|10=000|');
    const first = scan(message);
    scan(bytesOf('35=D|11=a|70=x|garbled'));
    expect(scan(message)).toEqual(first);
  });

  it('refuses a message longer than the longest unread', () => {
    const parse = createParser(implementation);
    const long = Buffer.alloc(
      MESSAGE_BYTES_MAX + 1,
      '8=FIX.4.4|9=5|35=D|'.replaceAll('|', '\u0001'),
    );
    expect(parse(long)).toEqual({ kind: 'garbled', reason: 'too-long' });
    expect(parse(long.subarray(1))).toEqual({ kind: 'garbled', reason: 'not-a-header' });
  });
});
