/** The venue's execution file: all that it said of orders, as it would send it at the day's end. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wireUnits } from '#gateway';
import type { Instrument } from '#market';
import { readFix } from '../measure/fix-bytes.ts';
import type { Folders } from './world.ts';

const SEPARATOR = '\u0001';
const BEGIN = `8=FIX.4.4${SEPARATOR}9=`;
const CHECK_SUM = `${SEPARATOR}10=`;
const REPORT = `${SEPARATOR}35=8${SEPARATOR}`;

/** From what the venue's session keeps, whatever format its files have; gives the file's name. */
export function writeExecutions({ trading }: Folders): string {
  const store = join(trading, 'venue-store');
  const texts = readdirSync(store).map(name => readFileSync(join(store, name), 'latin1'));
  const reports = texts.flatMap(messagesIn).filter(message => message.includes(REPORT));
  const file = join(trading, 'executions.fix');
  writeFileSync(file, reports.join(''), 'latin1');
  return file;
}

function messagesIn(text: string): string[] {
  const messages: string[] = [];
  for (let at = text.indexOf(BEGIN); at >= 0; ) {
    const sum = text.indexOf(CHECK_SUM, at);
    const end = text.indexOf(SEPARATOR, sum + 1) + 1;
    if (sum < 0 || end === 0) break;
    messages.push(text.slice(at, end));
    at = text.indexOf(BEGIN, end);
  }
  return messages;
}

/** What a clearer states: positions by the venue's own executions. */
export function writeStatement(folders: Folders, instruments: readonly Instrument[]): string {
  const reports = readFix(readFileSync(writeExecutions(folders), 'latin1')).messages;
  const positions = instruments.map(row => {
    const { lots } = wireUnits(row);
    const fills = reports.filter(
      ({ fields }) => fields.get(150) === 'F' && fields.get(55) === row.venueSymbol,
    );
    const held = fills.map(
      ({ fields }) => (fields.get(54) === '1' ? 1 : -1) * (lots(fields.get(32) ?? '') ?? 0),
    );
    const sum = held.reduce((total, one) => total + one, 0);
    return { account: 'fund', instrument: row.symbol, lots: sum };
  });
  const file = join(folders.trading, 'statement.json');
  writeFileSync(file, JSON.stringify({ source: 'clearer', positions }));
  return file;
}
