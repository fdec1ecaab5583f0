/** The venue's execution file: all that it said of orders, as it would send it at the day's end. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Folders } from './world.ts';

const MESSAGE = /8=FIX\.4\.4\u00019=\d+\u0001[^]*?\u000110=\d{3}\u0001/g;

/** From what the venue's session keeps, whatever format its files have; gives the file's name. */
export function writeExecutions({ trading }: Folders): string {
  const store = join(trading, 'venue-store');
  const texts = readdirSync(store).map(name => readFileSync(join(store, name), 'latin1'));
  const reports = texts.flatMap(text => text.match(MESSAGE) ?? []);
  const file = join(trading, 'executions.fix');
  writeFileSync(file, reports.filter(text => text.includes('\u000135=8\u0001')).join(''), 'latin1');
  return file;
}
