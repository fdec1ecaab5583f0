/** The same bytes to QuickFIX/J's parser and ours: a value read otherwise is another order. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Kernels, loadedKernels, twinKernels } from '#native';
import { anyBytes, anyFramed, anyMutation, bytesOf } from '../../fix/any-stream.ts';
import { createFramer } from '../../fix/framer.ts';
import { createParser, type FixView, type Garbled } from '../../fix/parse.ts';
import { RejectReason } from '../../fix/tag.ts';
import { quickfixClassPath } from './start-quickfixj.ts';

const found = quickfixClassPath();
const jars = 'jars' in found ? found.jars : '';
const needs = 'missing' in found ? found.missing : 'java 17, mvn';
const RUNS = 1_500;
/** Another one for other messages; the same ones each time in between. */
const SEED = Number(process.env.OUTRIDER_FUZZ_SEED ?? 1);
const TEST_MS = 600_000;

type Reason = RejectReason | Garbled['reason'];

/**
 * Where its parser takes what ours refuses: without a dictionary it leaves tags, values, repeated
 * and misplaced fields to its session, which asks the dictionary for them. The other way round
 * there is nothing.
 */
const LEFT_TO_ITS_SESSION: readonly (Reason | undefined)[] = [
  // A first field written 035 is MsgType to it, and no tag to ours.
  'not-a-header',
  ...[RejectReason.invalidTag, RejectReason.requiredTagMissing, RejectReason.tagWithoutValue],
  ...[RejectReason.dataFormatIncorrect, RejectReason.tagTwice, RejectReason.tagOutOfOrder],
];

/** A mutated message whose length and sum hold again: its fields are looked at, not its frame. */
const anyReframed = anyMutation.map(bytes => {
  const text = bytes.toString('latin1');
  const start = text.indexOf('\u0001', text.indexOf('\u00019=') + 1) + 1;
  const body = text.slice(start, Math.max(start, text.lastIndexOf('10=')));
  return framed(body);
});

function framed(body: string): Buffer {
  const bytes = Buffer.from(`8=FIX.4.4\u00019=${body.length}\u0001${body}`, 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, 0) % 256;
  return Buffer.concat([bytes, bytesOf(`10=${String(sum).padStart(3, '0')}|`)]);
}

/** A line a message, as Parse.java says. */
function quickfixj(messages: readonly Buffer[]): string[] {
  const input = messages.flatMap(message => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(message.length);
    return [length, message];
  });
  const program = join(import.meta.dirname, 'Parse.java');
  const { stdout, status, stderr } = spawnSync('java', ['-cp', jars, program], {
    ...{ input: Buffer.concat(input), maxBuffer: 1 << 28 },
  });
  expect([status, stderr.toString()]).toEqual([0, '']);
  return stdout.toString('latin1').split('\n').slice(0, -1);
}

/** The view of bytes that are one message, undefined where they are not. */
function viewer(kernels: Kernels) {
  const parse = createParser(kernels);
  return (bytes: Buffer): FixView | Garbled | undefined => {
    let view: FixView | Garbled | undefined;
    const framer = createFramer(
      {
        onMessage(message) {
          if (message.length === bytes.length) view = parse(message);
        },
        onGarbage() {},
      },
      {},
      kernels,
    );
    framer.push(bytes);
    return view;
  };
}

/** Ours looks at a body field that comes twice when it is read: it may be a group's. */
function reasonToRefuse(view: FixView | Garbled): Reason | undefined {
  if (view.kind === 'garbled') return view.reason;
  const { problem, duplicates } = view;
  return problem?.reason ?? (duplicates.length > 0 ? RejectReason.tagTwice : undefined);
}

/** Fields by tag and value: QuickFIX/J orders them by tables of its own. */
const sorted = (fields: string) => fields.split('|').sort().join('|');
const fieldsOf = ({ bytes, fields }: FixView) => {
  let text = '';
  for (let at = 0; at < fields.length; at += 3) {
    text += `${fields[at]}=${bytes.toString('latin1', fields[at + 1], fields[at + 2])}|`;
  }
  return text.replace(/[\r\n]/g, ' ');
};

const implementations: [string, Kernels][] = [
  ['the twin', twinKernels],
  [`the ${loadedKernels.kind} in use`, loadedKernels.kernels],
];

describe.skipIf(jars === '')(`QuickFIX/J's parser (needs ${needs})`, () => {
  it.each(implementations)(
    'and %s read the same values, and what it refuses ours refuses',
    (_, kernels) => {
      const arbitraries = [anyBytes, anyMutation, anyReframed, anyFramed];
      const messages = arbitraries.flatMap(each => fc.sample(each, { numRuns: RUNS, seed: SEED }));
      const view = viewer(kernels);
      const tally = { bothTake: 0, bothRefuse: 0, left: 0 };
      for (const [index, line] of quickfixj(messages).entries()) {
        const message = messages[index]!;
        const ours = view(message);
        const reason = ours === undefined ? undefined : reasonToRefuse(ours);
        const isTaken = ours !== undefined && reason === undefined;
        const shown = `${message.toString('latin1').replaceAll('\u0001', '|')} | ${line}`;
        if (!line.startsWith('fields ')) {
          expect(isTaken, shown).toBe(false);
          tally.bothRefuse++;
        } else if (isTaken && ours.kind === 'view') {
          expect(sorted(line.slice('fields '.length)), shown).toBe(sorted(fieldsOf(ours)));
          tally.bothTake++;
        } else {
          expect(LEFT_TO_ITS_SESSION, shown).toContain(reason);
          tally.left++;
        }
      }
      expect(tally.bothTake).toBeGreaterThan(RUNS);
      expect(tally.bothRefuse).toBeGreaterThan(RUNS / 2);
      expect(tally.left).toBeGreaterThan(0);
    },
    TEST_MS,
  );

  it('and ours both refuse a body field that comes twice outside of a group', () => {
    const head = '35=B\u000134=5\u000149=A\u000152=20260921-14:13:22.000\u000156=B\u0001';
    const message = framed(`${head}58=one\u000158=two\u0001`);
    expect(quickfixj([message])).toEqual(['refused Tag appears more than once, field=58']);
    expect(reasonToRefuse(viewer(loadedKernels.kernels)(message)!)).toBe(RejectReason.tagTwice);
  });
});
