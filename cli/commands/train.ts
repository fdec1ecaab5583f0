/** `outrider train ngram`: trains the n-gram pair from recorded ticks. */
import { OutriderError } from '#engine';
import { SHIPPED_MODELS, trainPair } from '#models';
import { type Command, parseOptions } from './command.ts';

export const trainCommand: Command = {
  name: 'train',
  summary: 'trains the n-gram pair from recorded ticks: outrider train ngram --data DIR',
  help: () =>
    [
      'usage: outrider train ngram --data DIR [--out DIR]',
      '',
      '  --data DIR     folder that holds fx/eurusd-oanda, fx/eurusd-fxcm and fx/xauusd-oanda',
      '  --out DIR      where ngram-target.bin, ngram-draft.bin and ngram.json go [models/shipped]',
      '',
      'Days up to 2014-05-09 train, later ones validate; equal data give equal bytes.',
    ].join('\n'),
  async run(given) {
    const { values, positionals } = parseOptions(given, { data: 'text', out: 'text' }, 1);
    if (positionals[0] !== 'ngram') {
      throw new OutriderError('bad-usage', `train ${positionals[0] ?? ''}: say \`train ngram\``);
    }
    const { data, out = SHIPPED_MODELS } = values;
    if (typeof data !== 'string') {
      throw new OutriderError('bad-usage', 'data: missing; give --data DIR, the folder with fx/');
    }
    await trainPair({ data, out: String(out), log: line => console.log(line) });
    return 0;
  },
};
