/** `outrider export moves`: what training reads, one file of moves a day and instrument. */
import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { OutriderError } from '#engine';
import { openTicks } from '#market';
import { createMoveWriter, eachMove, type MoveSource, type MoveWriter } from '#models';
import { durationNs } from '../run/duration.ts';
import { simulatedTicks } from '../run/simulated-ticks.ts';
import { type Command, parseOptions } from './command.ts';

const FOLDERS = [
  ...['fx/eurusd-oanda', 'fx/eurusd-fxcm', 'fx/xauusd-oanda'],
  ...['equity/aig', 'equity/bac'],
];
/** Stretches of the built-in exchange, of seeds 1, 2, ... */
const SIMULATED_DAYS = 8;
const SIMULATED_DURATION = '2h';

type Entry = { file: string; stream: string; day: string; moves: number; sha256: string };

export const exportCommand: Command = {
  name: 'export',
  summary: 'writes recorded and simulated moves for training: outrider export moves --data DIR',
  help: () =>
    [
      'usage: outrider export moves --data DIR --out DIR [--simulated-days N]',
      '',
      '  --data DIR            folder that holds fx/ and equity/',
      '  --out DIR             where the files and index.json go (layout: models/move-file.ts)',
      '  --simulated-days N    stretches of 2 h of the built-in exchange, seeds 1..N [8]',
    ].join('\n'),
  async run(given) {
    const kinds = { data: 'text', out: 'text', simulatedDays: 'text' } as const;
    const { values, positionals } = parseOptions(given, kinds, 1);
    const { data, out, simulatedDays = String(SIMULATED_DAYS) } = values;
    if (positionals[0] !== 'moves' || typeof data !== 'string' || typeof out !== 'string') {
      throw new OutriderError('bad-usage', 'say `export moves --data DIR --out DIR`');
    }
    const simulated = Number(simulatedDays);
    if (!Number.isInteger(simulated) || simulated < 0 || simulated > 1000) {
      throw new OutriderError('bad-usage', `simulated-days: ${simulatedDays}; give 0 to 1000`);
    }
    mkdirSync(out, { recursive: true });
    const entries: Entry[] = [];
    const write = (names: { stream: string; day: string }, writer: MoveWriter) => {
      const file = `${names.stream.replaceAll('/', '-')}-${names.day}.moves`;
      const bytes = writer.bytes();
      writeFileSync(join(out, file), bytes);
      entries.push({ file, ...names, moves: writer.moves, sha256: hash('sha256', bytes) });
      console.log(`${file}: ${writer.moves} moves`);
    };
    for (const folder of FOLDERS) {
      for (const zip of quoteZipsOf(join(data, folder))) {
        const opened = await openTicks({ paths: [join(data, folder, zip)] });
        const [writer] = await movesOf(opened);
        write({ stream: folder, day: basename(zip).slice(0, 8) }, writer!);
      }
    }
    for (let seed = 1; seed <= simulated; seed++) {
      const source = simulatedTicks(seed, durationNs(SIMULATED_DURATION));
      const writers = await movesOf(source);
      for (const [index, writer] of writers.entries()) {
        const stream = `simulated/${source.instruments[index]!.symbol.toLowerCase()}`;
        write({ stream, day: `seed-${seed}` }, writer);
      }
    }
    writeFileSync(join(out, 'index.json'), `${JSON.stringify({ version: 1, entries }, null, 2)}\n`);
    return 0;
  },
};

async function movesOf(source: MoveSource): Promise<MoveWriter[]> {
  const writers = source.instruments.map(createMoveWriter);
  await eachMove(source, move => writers[move.instrument]!.add(move));
  return writers;
}

function quoteZipsOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(name => name.endsWith('_quote.zip'))
      .sort();
  } catch (cause) {
    const message = `data: ${folder} cannot be read; give the folder that holds fx/ and equity/`;
    throw new OutriderError('bad-usage', message, { cause });
  }
}
