/** `outrider witness`: the third process of a pair of gateways, which says who may trade. */
import { clockFrom, OutriderError, wallTimers } from '#engine';
import { askWitness, openWitnessLog, serveWitness } from '#gateway';
import { readLease } from '../run/pair-options.ts';
import { parseAddress } from './address.ts';
import { type Command, parseOptions } from './command.ts';
import { untilStopped } from './until-stopped.ts';

export const witnessCommand: Command = {
  name: 'witness',
  summary: 'says which gateway of a pair may trade: outrider witness --listen H:P --out DIR',
  help: () =>
    [
      'usage: outrider witness --listen HOST:PORT --out DIR [--lease-ms N]',
      '       outrider witness --status HOST:PORT',
      '',
      '  --listen HOST:PORT    where both gateways and their watchdogs connect; port 0: any free',
      '  --out DIR             what it has granted; an old one is gone on with. Never share it',
      '                        between pairs, never put it where a gateway runs',
      '  --lease-ms N          as of both gateways [400]',
      '  --status HOST:PORT    prints what the witness there has granted, as JSON, and ends',
      '',
      'Prints {"port":N} once it listens, and each grant on standard error. Lends an epoch to one',
      'node at a time, on the medium before it answers. Two nodes cannot tell the death of the',
      'other from a cut between them: a third has to. It may be away while both nodes are there.',
    ].join('\n'),
  async run(given) {
    const kinds = { listen: 'text', out: 'text', leaseMs: 'text', status: 'text' } as const;
    const { listen, out, leaseMs, status } = parseOptions(given, kinds).values;
    const clock = clockFrom(0);
    const times = { clock, timers: wallTimers(clock) };
    if (status !== undefined) {
      console.log(await askWitness({ ...parseAddress('status', status), ...times }));
      return 0;
    }
    if (typeof out !== 'string') {
      throw new OutriderError('bad-usage', 'out: missing; give --out DIR');
    }
    const address = parseAddress('listen', listen);
    const leaseNs = readLease(leaseMs);
    const log = openWitnessLog({ directory: out });
    const onEvent = (text: string) => console.error(`witness: ${text}`);
    const door = await serveWitness({ ...address, ...times, leaseNs, log, onEvent });
    console.log(JSON.stringify({ port: door.port }));
    await untilStopped();
    await door.close();
    log.close();
    return 0;
  },
};
