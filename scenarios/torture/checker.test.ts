/** The checker must find what is wrong in what a gateway leaves, or torture would prove nothing. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check } from './checker/check.ts';
import { type Evidence, readEvidence } from './checker/evidence.ts';
import type { FindingRule } from './checker/finding.ts';
import { type FixMessage, readFix } from './checker/read-fix.ts';
import { TWO_VENUES, writeVirtualCase } from './testing/virtual-case.ts';

const SOH = '\u0001';
const CASES = [
  { seed: 1, deskFile: undefined, venues: 1 },
  { seed: 2, deskFile: undefined, venues: 1 },
  { seed: 3, deskFile: undefined, venues: 1 },
  { seed: 13, deskFile: TWO_VENUES, venues: 2 },
  { seed: 22, deskFile: TWO_VENUES, venues: 2 },
];
const ONE_VENUE = 1;
const BOTH_VENUES = 3;
const folders: string[] = [];

beforeAll(() => {
  for (const { seed, deskFile } of CASES) {
    const folder = mkdtempSync(join(tmpdir(), 'outrider-torture-'));
    folders.push(folder);
    writeVirtualCase(folder, seed, deskFile);
  }
});

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

it('shares no code with the product, or both could have the same error', () => {
  const folder = join(import.meta.dirname, 'checker');
  const imported = readdirSync(folder).flatMap(name => {
    const text = readFileSync(join(folder, name), 'utf8');
    return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, from]) => from!);
  });
  expect(imported.length).toBeGreaterThan(20);
  const foreign = imported.filter(from => !/^(node:[a-z]+|\.\/[a-z-]+\.ts)$/.test(from));
  expect(foreign).toEqual([]);
});

it.each(CASES)('finds nothing where nothing is wrong (seed $seed, $venues venues)', given => {
  const evidence = readEvidence(folders[CASES.indexOf(given)]!);
  const verdict = check(evidence);
  expect(verdict.findings).toEqual([]);
  for (const { connections } of evidence.venues) {
    const sent = connections.flatMap(({ up }) => readFix(up).messages);
    expect(sent.filter(isNew).length).toBeGreaterThan(20);
  }
  expect(verdict.intents).toBeGreaterThan(100);
  expect(verdict.ends.notSent).toBeGreaterThan(0);
  expect(verdict.ends.orders + verdict.ends.notSent).toBe(verdict.intents);
});

/** A fault made in what a sound gateway left behind, and the rule that must find it. */
type Plant = [what: string, rule: FindingRule, plant: (evidence: Evidence) => void, of?: number];

const isNew = (message: FixMessage) => message.type === 'D' && !message.isPossDup;

const PLANTS: Plant[] = [
  [
    'an order that never reached the venue',
    'lost',
    evidence => {
      const { id } = edit(evidence, 'up', isNew, () => '');
      forgetAnswers(evidence, id);
    },
  ],
  [
    'an order that the gateway itself forgot',
    'intent-lost',
    evidence => {
      const { id } = edit(evidence, 'up', isNew, () => '');
      forgetAnswers(evidence, id);
      for (const effect of evidence.venues.flatMap(({ effects }) => [...effects.values()])) {
        effect.sent = effect.sent.filter(message => message.get(11) !== id);
      }
    },
  ],
  [
    'an order sent again without PossDupFlag',
    'poss-dup',
    evidence => edit(evidence, 'up', isNew, ({ text }) => text + text),
  ],
  [
    'an order sent twice under two numbers',
    'duplicate',
    evidence => edit(evidence, 'up', isNew, message => message.text + altered(message, 34, '9000')),
  ],
  [
    'an order that the venue took twice',
    'duplicate',
    evidence =>
      edit(evidence, 'down', isAccepted, message => message.text + altered(message, 17, '99999')),
  ],
  [
    'an order that the log does not have',
    'unlogged',
    evidence => edit(evidence, 'up', isNew, message => altered(message, 11, '20140502-900000')),
  ],
  ['another quantity', 'changed', planted(38, '0.123')],
  ['another price', 'changed', planted(44, '1')],
  ['the other side', 'changed', planted(54, '9')],
  [
    'an order at the other venue',
    'changed',
    evidence => {
      const { message } = edit(evidence, 'up', isNew, () => '');
      evidence.venues[1]!.connections.at(-1)!.up += message.text;
    },
    BOTH_VENUES,
  ],
  ['a policy that asks for more than is wished for', 'over-asked', greedy, BOTH_VENUES],
  [
    'a cancel of another order',
    'changed',
    evidence =>
      edit(
        evidence,
        'up',
        ({ type }) => type === 'F',
        message => altered(message, 41, '20140502-900000'),
      ),
  ],
  ['other terms when it is sent again', 'poss-dup', repeated(54, '9')],
  ['another OrigSendingTime', 'poss-dup', repeated(122, '20140502-00:00:00.000')],
  ['an old order sent again', 'resent-old', repeated(52, '20140502-23:00:00.000')],
  [
    'a number that never came',
    'number',
    evidence =>
      edit(
        evidence,
        'up',
        ({ type }) => type === 'F',
        () => '',
      ),
  ],
  [
    'a gap-filled order that the venue took all the same',
    'two-ends',
    evidence => {
      const id = withheldId(evidence);
      edit(evidence, 'down', isAccepted, message => message.text + altered(message, 11, id));
    },
  ],
  [
    'a fill that nobody booked',
    'position',
    evidence => edit(evidence, 'down', isFill, message => message.text + altered(message, 17, 'X')),
  ],
  [
    'a position that the gateway does not tell',
    'position',
    ({ settled }) => {
      settled.said[0]!++;
    },
  ],
  [
    'a wish that was never fulfilled',
    'position',
    ({ settled }) => {
      settled.desired[1]!++;
    },
  ],
  ['a damaged byte', 'damaged', evidence => edit(evidence, 'up', isNew, damaged)],
  [
    'bytes that the log does not give',
    'not-the-replay',
    evidence =>
      edit(evidence, 'up', isNew, message => altered(message, 60, '20140502-00:00:00.000')),
  ],
  [
    'a log that has lost its end',
    'not-the-replay',
    ({ log, venues }) => {
      for (const { effects } of venues) {
        for (const record of effects.keys()) {
          if (record >= log.records.length / 2) effects.delete(record);
        }
      }
      log.records.length = Math.floor(log.records.length / 2);
    },
  ],
  [
    'a wish that the log has otherwise',
    'signal',
    ({ signals }) => {
      signals[40]!.desiredLots++;
    },
  ],
  ['a wish that nobody had', 'signal', ({ signals }) => void signals.splice(40, 1)],
  [
    'a last wish that never arrived',
    'signal',
    ({ signals }) => void signals.push({ ...signals.at(-1)!, id: 'f'.repeat(32) }),
  ],
];

describe('a planted fault is found', () => {
  it.each(PLANTS)('%s (%s)', (_, rule, plant, of = ONE_VENUE) => {
    const evidence = readEvidence(folders[of]!);
    plant(evidence);
    expect(check(evidence).findings.map(finding => finding.rule)).toContain(rule);
  });

  it('of every rule but those that only a broken checker would need', () => {
    const rules: FindingRule[] = [
      ...(['intent-lost', 'lost', 'two-ends', 'changed', 'duplicate', 'unlogged'] as const),
      ...(['not-the-replay', 'damaged', 'number', 'poss-dup', 'resent-old'] as const),
      ...(['position', 'signal', 'over-asked'] as const),
    ];
    expect(new Set(PLANTS.map(([, rule]) => rule))).toEqual(new Set(rules));
  });
});

const isAccepted = (message: FixMessage) => message.type === '8' && message.get(150) === '0';
const isFill = (message: FixMessage) => message.type === '8' && message.get(150) === 'F';

function planted(tag: number, value: string) {
  return (evidence: Evidence) =>
    void edit(evidence, 'up', isNew, message => altered(message, tag, value));
}

/** An order twice, the second time marked as such and with another value. */
function repeated(tag: number, value: string) {
  const again = (message: FixMessage) => {
    const marked = `43=Y${SOH}122=${message.get(52)}${SOH}49=`;
    return { ...message, text: message.text.replace('49=', marked) };
  };
  return (evidence: Evidence) =>
    void edit(evidence, 'up', isNew, message => message.text + altered(again(message), tag, value));
}

/** Replaces the tenth message of this sort, or the last where there are fewer. */
function edit(
  { venues }: Evidence,
  direction: 'up' | 'down',
  ...[isMeant, replace]: [(message: FixMessage) => boolean, (message: FixMessage) => string]
): { id: string; message: FixMessage } {
  const places = venues
    .flatMap(each => each.connections)
    .flatMap(connection => {
      const { messages } = readFix(connection[direction]);
      return messages.flatMap((message, at) =>
        isMeant(message) ? { connection, messages, at } : [],
      );
    });
  const place = places[Math.min(9, places.length - 1)];
  if (place === undefined) throw new Error('no message of this sort');
  const { connection, messages, at } = place;
  const texts = messages.map(({ text }) => text);
  texts[at] = replace(messages[at]!);
  connection[direction] = texts.join('');
  return { id: messages[at]!.get(11), message: messages[at]! };
}

/** The gateway itself wants more: its replay has the same. */
function greedy(evidence: Evidence): void {
  const isPolicys = (message: FixMessage) => isNew(message) && message.get(55) === 'SMALL';
  const asked = (message: FixMessage) => altered(message, 38, '0.999');
  const { id } = edit(evidence, 'up', isPolicys, asked);
  for (const effect of evidence.venues.flatMap(({ effects }) => [...effects.values()])) {
    effect.sent = effect.sent.flatMap(message =>
      message.get(11) === id && isNew(message) ? readFix(asked(message)).messages : [message],
    );
  }
}

function forgetAnswers(evidence: Evidence, id: string): void {
  for (const connection of evidence.venues.flatMap(({ connections }) => connections)) {
    const { messages } = readFix(connection.down);
    const kept = messages.filter(message => message.get(11) !== id);
    connection.down = kept.map(({ text }) => text).join('');
  }
}

/** The message with another value, its length and sum put right. */
function altered({ text }: FixMessage, tag: number, value: string): string {
  const fields = text.split(SOH).slice(2, -2);
  const body = fields
    .map(field => (field.startsWith(`${tag}=`) ? `${tag}=${value}` : field))
    .map(field => `${field}${SOH}`)
    .join('');
  const whole = `8=FIX.4.4${SOH}9=${body.length}${SOH}${body}`;
  const sum = [...Buffer.from(whole, 'latin1')].reduce((a, b) => a + b, 0) % 256;
  return `${whole}10=${String(sum).padStart(3, '0')}${SOH}`;
}

const damaged = ({ text }: FixMessage) => text.replace(`${SOH}54=`, `${SOH}55=`);

function withheldId({ venues }: Evidence): string {
  const ids = new Map<number, string>();
  for (const { sent } of venues[0]!.effects.values()) {
    for (const message of sent) {
      if (isNew(message)) ids.set(message.number, message.get(11));
      if (message.type !== '4') continue;
      for (let at = message.number; at < Number(message.get(36)); at++) {
        if (ids.has(at)) return ids.get(at)!;
      }
    }
  }
  throw new Error('no order was gap-filled');
}
