/** `outrider scenario FILE`: the whole system under load and faults, judged by what it leaves. */
import { basename, join } from 'node:path';
import { OutriderError } from '#engine';
import { runScenario } from '#scenarios';
import { loadConfig } from '../config.ts';
import { type Command, parseOptions } from './command.ts';

const SCALE_MAX = 100;

export const scenarioCommand: Command = {
  name: 'scenario',
  summary: 'plays load and faults against real processes: outrider scenario scenarios/NAME.yaml',
  help: () =>
    [
      'usage: outrider scenario FILE [options]',
      '',
      '  --out DIR                    new or empty folder of logs and result [runs/NAME-TIME]',
      '  --scale N                    times of load and faults are multiplied by it [1]',
      '  --seed N                     in place of the file’s',
      '',
      'Starts venue, verifier, forwarder, gateway and run, injects the faults of FILE and undoes',
      'them, also on Ctrl-C; then judges and writes result.json, junit.xml and result.html.',
      '',
      'Exit 0: passed; 98: an invariant is broken; 99: a threshold is missed; 104: FILE is bad;',
      '107: the harness failed or was interrupted. docs/scenarios.md says how to write one.',
    ].join('\n'),
  async run(given) {
    const kinds = { out: 'text', scale: 'text', seed: 'text' } as const;
    const { values, positionals } = parseOptions(given, kinds, 1);
    const [file] = positionals;
    if (file === undefined) {
      throw new OutriderError('bad-usage', 'FILE: missing; give a scenario, scenarios/NAME.yaml');
    }
    const scale = Number(values.scale ?? 1);
    if (!(scale > 0 && scale <= SCALE_MAX)) {
      throw new OutriderError('bad-usage', `scale: ${values.scale}; give up to ${SCALE_MAX}`);
    }
    const seed = values.seed === undefined ? undefined : Number(values.seed);
    if (seed !== undefined && !(Number.isSafeInteger(seed) && seed >= 0)) {
      throw new OutriderError('bad-usage', `seed: ${values.seed}; give an integer from 0 on`);
    }
    const interrupted = new AbortController();
    const stop = () => interrupted.abort(new OutriderError('bad-usage', 'interrupted'));
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    try {
      return await runScenario({
        ...{ file, scale, seed, abort: interrupted.signal },
        directory: typeof values.out === 'string' ? values.out : defaultFolder(file),
        checkOptions: options => void loadConfig(options),
        print: line => console.log(line),
      });
    } finally {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    }
  },
};

function defaultFolder(file: string): string {
  const time = new Date().toISOString().replaceAll(/[:.]/g, '-');
  return join('runs', `${basename(file).replace(/\.ya?ml$/, '')}-${time}`);
}
