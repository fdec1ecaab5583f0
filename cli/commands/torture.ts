/** `outrider torture`: millions of tokens through every way a neural kernel can be run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { OutriderError } from '#engine';
import { type Command, parseOptions } from './command.ts';

const MANIFEST = join(import.meta.dirname, '../../native/Cargo.toml');

export const tortureCommand: Command = {
  name: 'torture',
  summary: 'compares all ways to run the neural kernels byte for byte; needs cargo',
  help: () =>
    [
      'usage: npm run torture -- [options]',
      '',
      '  --tokens N    tokens to compare, over random models and streams [10000000]',
      '  --seed N      of the models and streams [1]',
      '  --plant       flips a bit in one way, which must be found',
      '',
      'Instruction sets, batches, threads, caches that lived on and were rebuilt, branches and',
      'fresh passes. Exits 1 on a differing byte.',
    ].join('\n'),
  async run(given) {
    const kinds = { tokens: 'text', seed: 'text', plant: 'flag' } as const;
    const { values } = parseOptions(given, kinds, 0);
    const { tokens = '10000000', seed = '1', plant } = values;
    for (const [name, value] of Object.entries({ tokens, seed })) {
      if (/^\d{1,9}$/.test(String(value))) continue;
      throw new OutriderError('bad-usage', `${name}: ${value}; give a whole number`);
    }
    const parameters = ['--tokens', String(tokens), '--seed', String(seed)];
    return await cargoRun([...parameters, ...(plant === true ? ['--plant'] : [])]);
  },
};

async function cargoRun(parameters: string[]): Promise<number> {
  const cargo = ['run', '--quiet', '--release', '--locked', '--manifest-path', MANIFEST];
  const example = ['--package', 'outrider-core', '--example', 'torture', '--', ...parameters];
  const child = spawn('cargo', [...cargo, ...example], { stdio: 'inherit' });
  try {
    const [status] = (await once(child, 'exit')) as [number | null];
    return status ?? 1;
  } catch (cause) {
    const message = 'cargo could not be started: install Rust, or put cargo on PATH';
    throw new OutriderError('bad-usage', message, { cause });
  }
}
