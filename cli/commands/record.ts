/** `outrider record`: keeps what an exchange's public feed sends, for replay as `--ticks`. */
import { OutriderError } from '#engine';
import { namesExchange } from '#market';
import type { ConfigName } from '../config.ts';
import { durationNs } from '../run/duration.ts';
import { openExchange } from '../run/exchange-feed.ts';
import { recordFeed } from '../run/record-feed.ts';
import { type Command, parseOptions } from './command.ts';
import { configKinds, configOf } from './config-options.ts';
import { configOptionLines } from './help.ts';
import { untilOver } from './until-stopped.ts';

const OPTIONS: readonly ConfigName[] = ['feedUrl', 'feedInstrument', 'duration'];

export const recordCommand: Command = {
  name: 'record',
  summary: 'keeps an exchange’s feed for replay: outrider record --feed EXCHANGE:SYMBOL --out FILE',
  help: () =>
    [
      'usage: outrider record --feed EXCHANGE:SYMBOL,... --out FILE.gz [options]',
      '',
      '  --feed EXCHANGE:SYMBOL,...   the public feed of an exchange, docs/feeds.md',
      '  --out FILE.gz                gzip, must not be there; a crash loses a second at most',
      ...configOptionLines(OPTIONS),
      '',
      'Ends after --duration, or when it is stopped; prints {"messages":N}. Replay:',
      '`outrider run --ticks FILE.gz`, and any command that takes recorded ticks.',
    ].join('\n'),
  async run(given) {
    const kinds = { out: 'text', feed: 'text', ...configKinds(OPTIONS) } as const;
    const { out, ...values } = parseOptions(given, kinds).values;
    const config = configOf(values);
    if (typeof out !== 'string') throw missing('out', '--out FILE.gz');
    if (config.feed === undefined || !namesExchange(config.feed)) {
      throw missing(`feed: ${config.feed ?? ''}`, '--feed EXCHANGE:SYMBOL');
    }
    const source = await openExchange(config);
    const recorder = recordFeed({ source, file: out, onProblem: text => console.error(text) });
    const endNs = config.duration === undefined ? undefined : durationNs(config.duration);
    try {
      await Promise.race([untilOver(endNs), recorder.failed]);
    } finally {
      await recorder.close();
    }
    console.log(JSON.stringify({ messages: recorder.messages }));
    return 0;
  },
};

const missing = (what: string, give: string) =>
  new OutriderError('bad-usage', `${what}: missing; give ${give}`);
