/** A run with a desk's accounts: without it, no one would see that a real run has their money. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Report, reportSchema } from '#bench';
import { newRunFolder, runCommand } from './command.ts';
import { EURUSD, hasData } from './recordings.ts';

const DESK = {
  venues: [{ name: 'paper', senderCompId: 'GATEWAY', targetCompId: 'VENUE', postOnly: true }],
  strategies: [{ name: 'alpha', account: 'fund' }],
  accounts: [
    {
      ...{ name: 'fund', baseCurrency: 'EUR' },
      tradingDay: { timeZone: 'America/New_York', time: '17:00:00' },
    },
  ],
  calendars: [{ name: 'fx-week' }],
  fees: [{ venue: 'paper', takerPerMillion: 20, makerPerMillion: -5, minimumPerOrder: '0.01' }],
};

const nanos = (decimal: string) => {
  const [whole = '', fraction = ''] = decimal.replace('-', '').split('.');
  const size = BigInt(whole + fraction.padEnd(9, '0'));
  return decimal.startsWith('-') ? -size : size;
};

it.skipIf(!hasData)(
  'prints each account in its currency, with a statement that adds up (needs OUTRIDER_DATA)',
  async () => {
    const folder = newRunFolder();
    const desk = `${folder}-desk.json`;
    writeFileSync(desk, JSON.stringify(DESK));
    const given = ['--ticks', EURUSD, '--speed', 'max', '--duration', '10m', '--desk', desk];
    const run = await runCommand(['run', ...given, '--out', folder]);
    expect(run).toMatchObject({ status: 0 });
    const text = readFileSync(join(folder, 'report.json'), 'utf8');
    const { accounts = [], position }: Report = reportSchema.parse(JSON.parse(text));
    expect(accounts).toHaveLength(1);
    const { profit, currency, missingRate, tradingDay, lines } = accounts[0]!;
    expect(run.stdout).toContain(`account fund profit ${profit} EUR`);
    expect([currency, missingRate, tradingDay]).toEqual(['EUR', null, '2014-05-02']);
    const [line] = lines;
    expect(line!.positionLots).toBe(position['EURUSD']);
    const { realised, unrealised, fees, profit: quoted } = line!;
    expect(nanos(realised) + nanos(unrealised) - nanos(fees)).toBe(nanos(quoted));
    expect(nanos(fees)).toBeGreaterThan(0n);
    // A euro is worth more than a dollar that day.
    expect(Math.abs(Number(profit))).toBeLessThan(Math.abs(Number(quoted)));
    // Friday's trades: Monday and Tuesday are business days.
    expect(line!.deliveries.map(({ valueDate }) => valueDate)).toEqual(['2014-05-06']);
    const replayed = await runCommand(['replay', folder]);
    expect(replayed.stdout).toMatch(/^identical: \d{2,} messages/);
  },
);
