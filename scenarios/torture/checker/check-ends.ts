/** Each intent ends once: as one order at the venue, or logged as not sent. */
import type { Request } from './desk-model.ts';
import type { Evidence } from './evidence.ts';
import type { Expected } from './expect-orders.ts';
import { type Finding, finding } from './finding.ts';
import { type FixMessage, isRequest } from './read-fix.ts';
import { type Units, wholeSteps } from './units.ts';
import type { Wire } from './wire.ts';

export type Ends = { orders: number; notSent: number };

/** What the gateway's replay asks for is what the log demands: none more, none less. */
export function checkReplay({ venues }: Evidence, expected: Expected): Finding[] {
  const asked = venues.flatMap(({ effects }) => [...effects.values()].flatMap(({ sent }) => sent));
  const originals = asked
    .filter(message => isRequest(message) && !message.isPossDup)
    .sort((a, b) => (a.get(11) < b.get(11) ? -1 : 1));
  const findings: Finding[] = [];
  for (let at = 0; at < Math.max(originals.length, expected.requests.length); at++) {
    const [message, request] = [originals[at], expected.requests[at]];
    if (request === undefined) {
      findings.push(finding('unfounded', `${message!.get(11)}: no record of the log asks for it`));
    } else if (message?.get(11) !== request.clOrdId) {
      const text = `${nameOf(request)}: the log asks for it, the replay does not give it`;
      findings.push(finding('intent-lost', text));
    }
    if (findings.length > 0) break;
  }
  return findings;
}

export function checkEnds(
  wires: readonly Wire[],
  expected: Expected,
): { findings: Finding[]; ends: Ends } {
  const findings: Finding[] = [];
  const ends: Ends = { orders: 0, notSent: 0 };
  const answers = wires.map(answersById);
  for (const request of expected.requests) {
    const isSeen = wires[request.venue]!.requests.has(request.clOrdId);
    const isTaken = answers[request.venue]!.has(request.clOrdId);
    const isWithheld = expected.withheld.has(request.clOrdId);
    if (isTaken && isWithheld) {
      const text = `${nameOf(request)}: at the venue, and logged as not sent`;
      findings.push(finding('two-ends', text));
    } else if (isTaken && !isSeen) {
      findings.push(finding('answered-unsent', `${nameOf(request)}: answered, but never sent`));
    } else if (isTaken) ends.orders++;
    else if (isWithheld) ends.notSent++;
    else {
      const how = isSeen ? 'sent, never answered' : 'never sent, nor logged as not sent';
      findings.push(finding('lost', `${nameOf(request)}: ${how}`));
    }
  }
  return { findings: [...findings, ...wires.flatMap(acceptedTwice)], ends };
}

/** Every order at the venue is one of the log, with the very terms that the log asks for. */
export function checkTerms(
  wire: Wire,
  { requests, instruments }: Expected,
  venue: number,
): Finding[] {
  const byId = new Map(requests.map(request => [request.clOrdId, request]));
  return wire.up.flatMap(message => {
    if (!isRequest(message)) return [];
    const request = byId.get(message.get(11));
    if (request === undefined) {
      return [finding('unlogged', `${message.get(11)}: at the venue, but not in the log`)];
    }
    if (request.venue !== venue) {
      const text = `${nameOf(request)}: at venue ${venue}, the log asks for ${request.venue}`;
      return [finding('changed', text)];
    }
    const difference = termsDifference(message, request, instruments[request.instrument]!);
    if (difference === undefined) return [];
    return [finding('changed', `${nameOf(request)}: ${difference}`)];
  });
}

function termsDifference(
  message: FixMessage,
  request: Request,
  { symbol, lotSize, priceIncrement }: Units,
): string | undefined {
  const hasPrice = request.type !== 'F';
  const terms: [what: string, seen: string | number, asked: string | number][] = [
    ['MsgType', message.type, request.type],
    ['OrigClOrdID', message.get(41), request.origClOrdId],
    ['Symbol', message.get(55), symbol],
    ['Side', message.get(54), request.side === 1 ? '1' : '2'],
    ['lots', wholeSteps(message.get(38), lotSize), request.lots],
    ['OrdType', message.get(40), hasPrice ? '2' : ''],
    ['TimeInForce', message.get(59), hasPrice ? request.timeInForce : ''],
    ['ExecInst', message.get(18), hasPrice && request.postOnly ? '6' : ''],
  ];
  if (hasPrice) {
    const increments = wholeSteps(message.get(44), priceIncrement);
    terms.push(['price increments', increments, request.limitIncrements]);
  }
  const [what, seen, asked] = terms.find(([, a, b]) => a !== b) ?? [];
  return what === undefined ? undefined : `${what} is ${seen}, the log asks for ${asked}`;
}

/** ClOrdIDs of which the venue said what became of them, a status that knows nothing aside. */
function answersById({ down, up }: Wire): Set<string> {
  const answered = new Set<string>();
  const refused = new Set<number>();
  for (const message of down) {
    if (message.type === '9') answered.add(message.get(11));
    if (message.type === '8' && message.get(150) !== 'I') answered.add(message.get(11));
    if (message.type === '3' || message.type === 'j') refused.add(Number(message.get(45)));
  }
  for (const message of up) {
    if (isRequest(message) && refused.has(message.number)) answered.add(message.get(11));
  }
  return answered;
}

function acceptedTwice({ down }: Wire): Finding[] {
  const execIds = new Map<string, string>();
  const findings: Finding[] = [];
  for (const report of down) {
    if (report.type !== '8' || report.get(150) !== '0') continue;
    const [id, execId] = [report.get(11), report.get(17)];
    const before = execIds.get(id) ?? execId;
    execIds.set(id, execId);
    if (before !== execId) findings.push(finding('duplicate', `${id}: accepted twice`));
  }
  return findings;
}

const nameOf = ({ type, clOrdId, record }: Request) => `${type} ${clOrdId} of record ${record}`;
