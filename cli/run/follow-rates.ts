/** Conversion rates from a file that somebody else keeps: each change is told to the gateway. */
import { statSync } from 'node:fs';
import { type Clock, OutriderError, SECOND_NS, type Timers } from '#engine';
import { type ConversionRate, parseRates } from '#gateway';
import { readJsonOption } from './option-file.ts';

const RATES_BYTES_MAX = 1 << 16;
/** How often the file is looked at. */
const LOOK_NS = SECOND_NS;

export type RatesFollower = { close(): void };

/**
 * Reads the file at once and whenever it was written, `{ "USDT/USD": "0.9994" }`; a rate is quoted
 * when it is read. A file that is missing or wrong is a problem, told once a change.
 */
export function followRates(
  file: string,
  on: {
    clock: Clock;
    timers: Timers;
    onRate(rate: ConversionRate): void;
    onProblem(text: string): void;
  },
): RatesFollower {
  const { clock, timers, onRate, onProblem } = on;
  let isClosed = false;
  let seen: string | undefined;
  const look = () => {
    if (isClosed) return;
    const written = writtenAt(file);
    if (written !== seen) {
      seen = written;
      read();
    }
    timers.at(clock.nowNs() + LOOK_NS, look);
  };
  const read = () => {
    try {
      const timeNs = clock.nowNs();
      const rates = parseRates(readJsonOption(file, RATES_BYTES_MAX));
      for (const rate of rates) onRate({ ...rate, timeNs });
    } catch (error) {
      if (!(error instanceof OutriderError)) throw error;
      onProblem(`ratesFile ${file}: ${error.message}`);
    }
  };
  look();
  return {
    close() {
      isClosed = true;
    },
  };
}

function writtenAt(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? 'missing' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
}
