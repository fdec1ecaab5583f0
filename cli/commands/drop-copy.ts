/** `outrider drop-copy`: says every report a gateway takes to a counterparty of its own, by FIX. */
import { OutriderError } from '#engine';
import { hostDropCopy } from '../run/drop-copy-host.ts';
import { loadEchoConfig } from '../run/echo-config.ts';
import { type Command, parseOptions } from './command.ts';
import { untilStopped } from './until-stopped.ts';

export const dropCopyCommand: Command = {
  name: 'drop-copy',
  summary: 'says every report a gateway takes to a third side: outrider drop-copy --log DIR',
  help: () =>
    [
      'usage: outrider drop-copy --log DIR --config FILE',
      '',
      '  --log DIR                    a run folder, or the --out of `outrider gateway`; it may be',
      '                               written meanwhile, and is only read',
      '  --config FILE                JSON: `listen` (HOST:PORT), a session by QuickFIX’s names',
      '                               (SenderCompID, TargetCompID, ...) and FileStorePath, which',
      '                               is of this log alone; docs/gateway.md lists them',
      '',
      'A FIX 4.4 acceptor. Every ExecutionReport (8) and OrderCancelReject (9) that the gateway',
      'took leaves in the order of its log, each under one number; a restart goes on behind the',
      'last. Prints {"port":N}.',
    ].join('\n'),
  async run(given) {
    const { log, config: file } = parseOptions(given, { log: 'text', config: 'text' }).values;
    if (typeof log !== 'string' || typeof file !== 'string') {
      throw new OutriderError('bad-usage', 'give --log DIR and --config FILE');
    }
    const config = loadEchoConfig(file);
    for (const name of config.unknown) console.error(`${file}: ${name} is not known: ignored`);
    const host = await hostDropCopy(log, config, reason => console.error(`connection: ${reason}`));
    console.log(JSON.stringify({ port: host.port }));
    try {
      await Promise.race([untilStopped(), host.failed]);
    } finally {
      await host.close();
    }
    return 0;
  },
};
