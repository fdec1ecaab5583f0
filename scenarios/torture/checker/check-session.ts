/** The session's bytes: those of the log and no others, each number once or marked as repeated. */
import type { VenueEvidence } from './evidence.ts';
import { type Finding, finding } from './finding.ts';
import { type FixMessage, isRequest, readFix, show, timestampMs } from './read-fix.ts';
import type { GatewayLog } from './read-log.ts';
import type { Wire } from './wire.ts';

/** The venue's bytes of each connection begin those that the log gives for it. */
export function checkBytes(
  { effects, connections }: VenueEvidence,
  { records }: GatewayLog,
  venue: number,
): Finding[] {
  const replayed: string[] = [];
  for (const [record, what] of records.entries()) {
    if (what.kind === 'connected' && what.venue === venue) replayed.push('');
    const sent = effects.get(record)?.sent ?? [];
    if (sent.length > 0) replayed.push((replayed.pop() ?? '') + sent.map(m => m.text).join(''));
  }
  let next = 0;
  for (const [index, { up }] of connections.entries()) {
    if (up === '') continue;
    const from = next;
    while (next < replayed.length && !replayed[next]!.startsWith(up)) next++;
    if (next++ < replayed.length) continue;
    return [
      finding('not-the-replay', `connection ${index + 1}: ${divergence(up, replayed, from)}`),
    ];
  }
  return [];
}

/** Where the bytes part from the replayed connection that they have most of. */
function divergence(up: string, replayed: readonly string[], from: number): string {
  const shared = replayed.slice(from).map(text => {
    let at = 0;
    while (at < up.length && up[at] === text[at]) at++;
    return { at, text };
  });
  const { at, text } = shared.reduce((a, b) => (b.at > a.at ? b : a), { at: 0, text: '' });
  const start = Math.max(0, up.lastIndexOf('8=FIX', at));
  const [has, gives] = [up, text].map(all => show(all.slice(start, at + 60)));
  return `byte ${at}: the venue has ${has}, the log gives ${gives}`;
}

export function checkNumbers({ up, requests, damaged }: Wire): Finding[] {
  const findings = damaged.map(text => finding('damaged', text));
  const originals = new Map<number, FixMessage>();
  const filled = new Set<number>();
  for (const message of up) {
    const { number } = message;
    const original = originals.get(number);
    if (message.type === '4' && message.get(123) === 'Y') {
      for (let each = number; each < Number(message.get(36)); each++) filled.add(each);
      if (message.isPossDup) continue;
    }
    if (message.isPossDup) {
      if (original !== undefined) findings.push(...checkRepeated(message, original));
      else originals.set(number, message);
      continue;
    }
    if (original !== undefined) {
      const text = `${number}: ${original.type} and ${message.type}, neither marked as repeated`;
      findings.push(finding('poss-dup', text));
    } else if (filled.has(number)) {
      findings.push(finding('number', `${number}: gap-filled, and sent afterwards`));
    }
    originals.set(number, message);
  }
  for (const [id, sendings] of requests) {
    const numbers = new Set(sendings.map(({ number }) => number));
    if (numbers.size > 1) findings.push(finding('duplicate', `${id}: numbers ${[...numbers]}`));
  }
  return [...findings, ...checkHoles(originals, filled)];
}

function checkHoles(
  originals: ReadonlyMap<number, FixMessage>,
  filled: ReadonlySet<number>,
): Finding[] {
  const last = [...originals.keys(), ...filled].reduce((a, b) => Math.max(a, b), 0);
  const holes: number[] = [];
  for (let number = 1; number <= last; number++) {
    if (!originals.has(number) && !filled.has(number)) holes.push(number);
  }
  if (holes.length === 0) return [];
  return [finding('number', `never sent, nor gap-filled: ${holes.slice(0, 20).join(', ')}`)];
}

/** BodyLength, CheckSum, PossDupFlag, SendingTime and OrigSendingTime may differ. */
const REPEATED_FIELD = /^(9|10|43|52|122)=/;

const sameText = (text: string) =>
  show(text)
    .split('|')
    .filter(field => !REPEATED_FIELD.test(field))
    .join('|');

function checkRepeated(message: FixMessage, original: FixMessage): Finding[] {
  const { number, type } = message;
  if (sameText(message.text) !== sameText(original.text)) {
    const text = `${number}: repeated as ${show(message.text)}, first ${show(original.text)}`;
    return [finding('poss-dup', text)];
  }
  const first = original.get(122) || original.get(52);
  if (message.get(122) === first) return [];
  return [finding('poss-dup', `${number} (${type}): OrigSendingTime is not ${first}`)];
}

/** docs/gateway.md: what adds risk is not sent again when it is older than this. */
const RESEND_AGE_MS_MAX = 1000;

/** Also what is younger, and every cancel, must be sent again and not be filled. */
export function checkResends({ up }: Wire): Finding[] {
  return up.flatMap(message => {
    if (!message.isPossDup || !isRequest(message) || message.type === 'F') return [];
    const ageMs = timestampMs(message.get(52)) - timestampMs(message.get(122));
    if (ageMs <= RESEND_AGE_MS_MAX) return [];
    return [finding('resent-old', `${message.get(11)}: sent again after ${ageMs} ms`)];
  });
}

/** Numbers of one connection rise by one, resends aside. */
export function checkAscent({ connections }: VenueEvidence): Finding[] {
  return connections.flatMap(({ up }, index) => {
    const originals = readFix(up).messages.filter(({ isPossDup }) => !isPossDup);
    const at = originals.findIndex((message, n) => {
      return n > 0 && message.number !== originals[n - 1]!.number + 1;
    });
    if (at < 0) return [];
    const [before, after] = [originals[at - 1]!, originals[at]!];
    const text = `connection ${index + 1}: ${after.number} (${after.type}) follows`;
    return [finding('number', `${text} ${before.number} (${before.type})`)];
  });
}
