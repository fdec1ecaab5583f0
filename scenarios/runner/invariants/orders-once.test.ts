/** Each fault is planted once: a checker that misses it would pass a gateway that has it. */
import { expect, it } from 'vitest';
import { accepted, fixText, gapFill, newOrder } from '../testing/fix-text.ts';
import { judgeOrdersOnce } from './orders-once.ts';

/** Two orders that went well, one that went again over a new connection, one that did not go. */
const SENT = [newOrder(1, 'A'), newOrder(2, 'B'), newOrder(3, 'C'), newOrder(4, 'D')];
const AGAIN = newOrder(3, 'C', '43=Y');
const RECEIVED = [SENT[0], SENT[1], AGAIN, gapFill(4, 5)];
const ANSWERS = [accepted(1, 'A'), accepted(2, 'B'), accepted(3, 'C')];

const judged = (given: { sent?: string[]; received?: unknown[]; answers?: string[] } = {}) =>
  judgeOrdersOnce({
    sent: (given.sent ?? SENT).join(''),
    received: (given.received ?? RECEIVED).join(''),
    answers: (given.answers ?? ANSWERS).join('store bytes'),
  });

it('passes orders that were answered, sent again as duplicates, or logged as not sent', () => {
  expect(judged()).toMatchObject({ checked: 4, violations: [] });
});

it('passes a duplicate of what had arrived, and an order that the venue rejects', () => {
  const refusal = fixText('35=3', '34=2', '45=2');
  const answers = [accepted(1, 'A'), refusal, accepted(3, 'C')];
  expect(judged({ received: [...RECEIVED, AGAIN], answers }).violations).toEqual([]);
});

it('passes an order that did not go and that the venue, asked for it, does not know', () => {
  const unknown = fixText('35=8', '34=4', '11=D', '37=NONE', '39=8', '150=I');
  expect(judged({ answers: [...ANSWERS, unknown] }).violations).toEqual([]);
  expect(judged({ answers: [unknown, ...ANSWERS.slice(1)] }).violations).toEqual([
    'A: never answered',
  ]);
});

it.each([
  [
    'a lost order',
    { received: [SENT[0], SENT[1], gapFill(4, 5), newOrder(5, 'E')] },
    ['number 3 never came', 'C: sent, never received: lost', 'E: never answered'],
  ],
  [
    'a lost order at the end',
    { received: [SENT[0], SENT[1], AGAIN] },
    ['D: sent, never received: lost'],
  ],
  [
    'an order that was sent twice',
    { received: [...RECEIVED, newOrder(5, 'A')] },
    ['A: sent 2 times', 'A: under the numbers 1, 5'],
  ],
  [
    'a number that was used twice',
    { received: [...RECEIVED, newOrder(2, 'B')] },
    ['number 2 (D) twice', 'B: sent 2 times'],
  ],
  ['an order that nobody answered', { answers: ANSWERS.slice(1) }, ['A: never answered']],
  [
    'an order answered and logged as not sent',
    { answers: [...ANSWERS, accepted(4, 'D')] },
    ['D: answered, but logged as not sent'],
  ],
  ['an order accepted twice', { answers: [...ANSWERS, accepted(4, 'A')] }, ['A: accepted twice']],
  [
    'an execution reported twice',
    { answers: [...ANSWERS, fixText('35=8', '17=E1', '11=A')] },
    ['execution E1: reported twice'],
  ],
])('finds %s', (_, given, violations) => {
  expect(judged(given).violations).toEqual(violations);
});

it('finds damaged bytes', () => {
  const damaged = newOrder(1, 'A').replace('55=SIMA', '55=SIMB');
  expect(judged({ received: [...RECEIVED, damaged] }).violations[0]).toContain('damaged bytes');
});
