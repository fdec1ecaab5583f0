/** `outrider forward`: our own TCP forwarder, a labelled delay each way between two processes. */
import { clockFrom, MILLISECOND_NS, OutriderError, startForwarder, wallTimers } from '#engine';
import { parseAddress } from './address.ts';
import { type Command, parseOptions } from './command.ts';
import { untilStopped } from './until-stopped.ts';

const ONE_WAY_MS_MAX = 10_000;

export const forwardCommand: Command = {
  name: 'forward',
  summary: 'forwards TCP with a delay: outrider forward --listen H:P --target H:P --one-way-ms N',
  help: () =>
    [
      'usage: outrider forward --listen HOST:PORT --target HOST:PORT --one-way-ms N',
      '',
      '  --listen HOST:PORT    where connections come in; port 0 lets the system choose',
      '  --target HOST:PORT    where they go',
      '  --one-way-ms N        delay of each direction, milliseconds [0]',
      '',
      'Prints {"port":N} once it listens, and forwards until it is stopped.',
    ].join('\n'),
  async run(given) {
    const kinds = { listen: 'text', target: 'text', oneWayMs: 'text' } as const;
    const { values } = parseOptions(given, kinds);
    const oneWayMs = Number(values['oneWayMs'] ?? 0);
    if (!(oneWayMs >= 0 && oneWayMs <= ONE_WAY_MS_MAX)) {
      const message = `one-way-ms: ${values['oneWayMs']}; give 0 to ${ONE_WAY_MS_MAX}`;
      throw new OutriderError('bad-usage', message);
    }
    const oneWayNs = Math.round(oneWayMs * MILLISECOND_NS);
    const clock = clockFrom(0);
    const forwarder = await startForwarder({
      listen: parseAddress('listen', values['listen']),
      target: parseAddress('target', values['target']),
      delayNs: { up: oneWayNs, down: oneWayNs },
      clock,
      timers: wallTimers(clock),
    });
    console.log(JSON.stringify({ port: forwarder.port }));
    await untilStopped();
    await forwarder.close();
    return 0;
  },
};
