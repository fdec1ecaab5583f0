/** `outrider venue`: the paper venue as a process of its own, with the feed of its market. */
import { OutriderError } from '#engine';
import type { ConfigName } from '../config.ts';
import { loadEchoConfig } from '../run/echo-config.ts';
import { hostEchoVenue } from '../run/echo-venue-host.ts';
import { openOperations } from '../run/operations-door.ts';
import { OPERATIONS_KINDS, OPERATIONS_LINES, readOperations } from '../run/operations-options.ts';
import { venueMetrics } from '../run/process-metrics.ts';
import { hostVenue } from '../run/remote-venue-host.ts';
import { parseAddress } from './address.ts';
import { type Command, parseOptions } from './command.ts';
import { configOf } from './config-options.ts';
import { configOptionLines } from './help.ts';
import { untilStopped } from './until-stopped.ts';

const OPTIONS: readonly ConfigName[] = [
  ...(['ticks', 'timeZone', 'speed', 'stages', 'seed', 'duration'] as const),
  ...(['quoteSizeLots', 'bandIncrements', 'heartbeatSeconds', 'lingerUs'] as const),
];

export const venueCommand: Command = {
  name: 'venue',
  summary: 'the paper venue: outrider venue --listen H:P --feed H:P --out DIR [--ticks PATH]',
  help: () =>
    [
      'usage: outrider venue --listen HOST:PORT --feed HOST:PORT --out DIR [options]',
      '       outrider venue --echo --config FILE',
      '',
      '  --listen HOST:PORT           where gateways connect, FIX 4.4; port 0: any free',
      '  --feed HOST:PORT             where runs subscribe (`run --feed`); port 0: any free',
      '  --out DIR                    fix/venue-received.fix and the session’s store, of which the',
      '                               orders at work are made again after a crash',
      ...configOptionLines(OPTIONS),
      ...OPERATIONS_LINES,
      '',
      'Without --ticks it is the built-in exchange, SIMA and SIMB. Prints {"port":N,"feedPort":M}',
      'once it listens; the feed begins with its first subscriber and ends after --duration, the',
      'FIX session when it is stopped.',
      '',
      'With --echo it is a plain FIX 4.4 acceptor for conformance tools: D and d come back, other',
      'application messages get a business reject. FILE is JSON: `listen` (HOST:PORT) and settings',
      'by QuickFIX’s names (SenderCompID, TargetCompID, ResetOnLogon, ...); docs/gateway.md lists',
      'them. Prints {"port":N}.',
    ].join('\n'),
  async run(given) {
    const settings = Object.fromEntries(
      OPTIONS.map(name => [name, name === 'ticks' ? 'texts' : 'text'] as const),
    );
    const echoing = { echo: 'flag', config: 'text' } as const;
    const texts = { listen: 'text', feed: 'text', out: 'text', ...OPERATIONS_KINDS } as const;
    const kinds = { ...texts, ...echoing, ...settings } as const;
    const { listen, feed, echo, config: file, ...others } = parseOptions(given, kinds).values;
    const { operations, logLevel, ...values } = others;
    if (echo === true) return await runEcho(file);
    if (file !== undefined) {
      throw new OutriderError('bad-usage', `config: ${file}; it goes with --echo alone`);
    }
    const config = configOf(values);
    if (config.out === undefined) {
      throw new OutriderError('bad-usage', 'out: missing; give --out DIR');
    }
    if (config.speed === 'max') {
      throw new OutriderError('bad-usage', 'speed: max; a venue runs in real time: give a number');
    }
    const door = await openOperations('venue', readOperations({ operations, logLevel }));
    const host = await hostVenue({
      listen: parseAddress('listen', listen),
      feed: parseAddress('feed', feed),
      directory: config.out,
      config,
      onProblem: door.problem,
    });
    if (door.metrics !== undefined) venueMetrics(door.metrics, host.status);
    console.log(JSON.stringify({ port: host.port, feedPort: host.feedPort }));
    // Whoever started this process can call its desk.
    process.on('message', host.onCall);
    const stopped = untilStopped();
    try {
      await Promise.race([stopped, host.feedDone.then(() => stopped)]);
    } finally {
      await door.drain(() => host.stop());
    }
    return 0;
  },
};

async function runEcho(file: unknown): Promise<number> {
  if (typeof file !== 'string') {
    throw new OutriderError('bad-usage', 'config: missing; give --config FILE');
  }
  const config = loadEchoConfig(file);
  for (const name of config.unknown) console.error(`${file}: ${name} is not known: ignored`);
  const venue = await hostEchoVenue(config, reason => console.error(`connection: ${reason}`));
  console.log(JSON.stringify({ port: venue.port }));
  await untilStopped();
  await venue.close();
  return 0;
}
