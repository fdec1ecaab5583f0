/** No order lost or sent twice, told from bytes alone: what was sent, received and answered. */
import {
  clientOrderId,
  isOrderMessage,
  readFix,
  type SeenBytes,
  type SeenMessage,
} from '../measure/fix-bytes.ts';
import type { JudgedInvariant } from './invariant.ts';

export type OrderBytes = {
  /** As the venue received them, before it made anything of them. */
  received: string;
  /** As the gateway sent them; what it sent last before a crash may be missing. */
  sent: string;
  /** All that the venue keeps of what it said, in whatever it is kept. */
  answers: string;
};

/** What is known of one order message, by its ClOrdID. */
type Known = { id: string; numbers: Set<number>; originals: number; isReceived: boolean };

export function judgeOrdersOnce(bytes: OrderBytes): JudgedInvariant {
  const received = readFix(bytes.received);
  const sent = readFix(bytes.sent);
  const answers = readFix(bytes.answers).messages;
  const notSent = gapFilled(received.messages);
  const known = knownOrders(received, sent);
  const answered = answeredOrders(answers, received.messages);
  const violations = [
    ...received.damaged.map(text => `the venue received damaged bytes: ${text}`),
    ...numberProblems(received.messages, notSent),
    ...[...known.values()].flatMap(one => {
      const isNotSent = [...one.numbers].some(number => notSent.has(number));
      return orderProblems(one, { isNotSent, isAnswered: answered.has(one.id) });
    }),
    ...doneTwice(answers),
  ];
  const claim = 'each ClOrdID once; each order message answered, or logged as not sent';
  return { name: 'ordersOnce', claim, checked: known.size, violations };
}

function knownOrders(received: SeenBytes, sent: SeenBytes): Map<string, Known> {
  const known = new Map<string, Known>();
  const note = (message: SeenMessage, isReceived: boolean) => {
    if (!isOrderMessage(message)) return;
    const id = clientOrderId(message);
    const one = known.get(id) ?? { id, numbers: new Set(), originals: 0, isReceived: false };
    known.set(id, one);
    one.numbers.add(message.number);
    one.isReceived ||= isReceived;
    if (isReceived && !message.isDuplicate) one.originals++;
  };
  for (const message of sent.messages) note(message, false);
  for (const message of received.messages) note(message, true);
  return known;
}

function orderProblems(
  { id, numbers, originals, isReceived }: Known,
  { isNotSent, isAnswered }: { isNotSent: boolean; isAnswered: boolean },
): string[] {
  const problems: string[] = [];
  if (originals > 1) problems.push(`${id}: sent ${originals} times`);
  if (numbers.size > 1) problems.push(`${id}: under the numbers ${[...numbers].join(', ')}`);
  if (!isReceived && !isNotSent) problems.push(`${id}: sent, never received: lost`);
  if (isReceived && !isAnswered && !isNotSent) problems.push(`${id}: never answered`);
  if (isAnswered && isNotSent) problems.push(`${id}: answered, but logged as not sent`);
  return problems;
}

/** Numbers that a gap fill (4 with 123=Y) says will not come: the log of what was not sent. */
function gapFilled(messages: readonly SeenMessage[]): Set<number> {
  const numbers = new Set<number>();
  for (const { type, number, fields } of messages) {
    if (type !== '4' || fields.get(123) !== 'Y') continue;
    for (let skipped = number; skipped < Number(fields.get(36)); skipped++) numbers.add(skipped);
  }
  return numbers;
}

function numberProblems(messages: readonly SeenMessage[], filled: ReadonlySet<number>): string[] {
  const seen = new Set<number>();
  const problems: string[] = [];
  for (const { number, isDuplicate, type } of messages) {
    if (seen.has(number) && !isDuplicate) problems.push(`number ${number} (${type}) twice`);
    seen.add(number);
  }
  const last = messages.reduce((most, { number }) => Math.max(most, number), 0);
  for (let number = 1; number <= last; number++) {
    if (!seen.has(number) && !filled.has(number)) problems.push(`number ${number} never came`);
  }
  return problems;
}

/** Reports and cancel rejects name the ClOrdID; rejects name the number of what they refuse. */
function answeredOrders(
  answers: readonly SeenMessage[],
  received: readonly SeenMessage[],
): Set<string> {
  const answered = new Set<string>();
  const refused = new Set<number>();
  for (const answer of answers) {
    if (isOrderUnknown(answer)) continue;
    if (answer.type === '8' || answer.type === '9') answered.add(clientOrderId(answer));
    if (answer.type === '3' || answer.type === 'j') refused.add(Number(answer.fields.get(45)));
  }
  for (const message of received) {
    if (refused.has(message.number)) answered.add(clientOrderId(message));
  }
  return answered;
}

/** The venue was asked how an order stands that never came to it. */
const isOrderUnknown = ({ type, fields }: SeenMessage) =>
  type === '8' && fields.get(150) === 'I' && fields.get(39) === '8';

/** What the venue did twice: an order accepted again, or the same execution reported again. */
function doneTwice(answers: readonly SeenMessage[]): string[] {
  const accepted = new Set<string>();
  const executions = new Set<string>();
  return answers.flatMap(answer => {
    if (answer.type !== '8' || answer.isDuplicate) return [];
    const { fields } = answer;
    const problems: string[] = [];
    if (fields.get(150) === '0') {
      const id = clientOrderId(answer);
      if (accepted.has(id)) problems.push(`${id}: accepted twice`);
      accepted.add(id);
    }
    const execution = fields.get(17) ?? '';
    if (executions.has(execution)) problems.push(`execution ${execution}: reported twice`);
    executions.add(execution);
    return problems;
  });
}
