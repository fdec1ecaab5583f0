/** Reads FIX bytes for the tests of whole processes; it shares no code with the product. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The first value of each tag; later ones of a repeated tag are of no interest here. */
export type CheckedMessage = ReadonlyMap<number, string>;

export type Received = {
  messages: CheckedMessage[];
  /** What a venue must never see, in words. */
  problems: string[];
};

const START = '8=FIX.4.4\u00019=';

/** Cuts by BodyLength, and holds each message to its length and its CheckSum. */
export function parseFix(text: string): Received {
  const messages: CheckedMessage[] = [];
  const problems: string[] = [];
  for (let at = text.indexOf(START); at >= 0; at = text.indexOf(START, at + 1)) {
    const body = text.indexOf('\u0001', at + START.length) + 1;
    const trailer = body + Number(text.slice(at + START.length, body - 1));
    const sum = [...Buffer.from(text.slice(at, trailer), 'latin1')].reduce((a, b) => a + b, 0);
    const expected = `10=${String(sum % 256).padStart(3, '0')}\u0001`;
    if (text.slice(trailer, trailer + 7) !== expected) {
      problems.push(`byte ${at}: ${JSON.stringify(text.slice(at, trailer + 7))} is damaged`);
      continue;
    }
    const fields = text.slice(at, trailer).split('\u0001');
    const pairs = fields.map(field => field.split('=', 2) as [string, string]);
    messages.push(new Map(pairs.reverse().map(([tag, value]) => [Number(tag), value])));
  }
  return { messages, problems };
}

/** Each order request once unless it says it may be a duplicate, each number accounted for. */
export function checkReceived(text: string): Received {
  const { messages, problems } = parseFix(text);
  const clientOrderIds = new Set<string>();
  const numbers = new Set<number>();
  const filled = new Set<number>();
  for (const message of messages) {
    const number = Number(message.get(34));
    const isDuplicate = message.get(43) === 'Y';
    const type = message.get(35);
    if (!isDuplicate && numbers.has(number)) problems.push(`number ${number} twice`);
    numbers.add(number);
    if (type === '4') {
      for (let skipped = number; skipped < Number(message.get(36)); skipped++) filled.add(skipped);
    }
    if (type !== 'D' && type !== 'F' && type !== 'G') continue;
    const clientOrderId = message.get(11)!;
    if (!isDuplicate && clientOrderIds.has(clientOrderId)) {
      problems.push(`ClOrdID ${clientOrderId} twice`);
    }
    clientOrderIds.add(clientOrderId);
  }
  for (let number = 1; number <= Math.max(0, ...numbers); number++) {
    if (!numbers.has(number) && !filled.has(number)) problems.push(`number ${number} never came`);
  }
  return { messages, problems };
}

/** Units bought less units sent, by symbol, of every fill in the venue's store of sent reports. */
export function filledUnits(storeDirectory: string): Map<string, number> {
  const files = readdirSync(storeDirectory).map(name => join(storeDirectory, name));
  const reports = files.flatMap(file => parseFix(readFileSync(file, 'latin1')).messages);
  const units = new Map<string, number>();
  for (const report of reports) {
    if (report.get(35) !== '8' || report.get(150) !== 'F') continue;
    const side = report.get(54) === '1' ? 1 : -1;
    const symbol = report.get(55)!;
    units.set(symbol, (units.get(symbol) ?? 0) + side * Number(report.get(32)));
  }
  return units;
}
