/** The recorded days that scenarios run on, where they are to be had. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
export const DATA = process.env.OUTRIDER_DATA ?? join(ROOT, '..', 'shared', 'data');
export const EURUSD = join(DATA, 'fx', 'eurusd-oanda', '20140502_quote.zip');
export const GOLD = join(DATA, 'fx', 'xauusd-oanda', '20140502_quote.zip');
/** What a test that needs the recordings skips on. */
export const hasData = existsSync(EURUSD) && existsSync(GOLD);
