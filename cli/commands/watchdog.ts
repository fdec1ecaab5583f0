/** `outrider watchdog`: a gateway of a pair, and a process that ends it when it hangs. */
import { clockFrom, MILLISECOND_NS, OutriderError, wallTimers } from '#engine';
import { checkNodeName, connectWitness } from '#gateway';
import { readLease } from '../run/pair-options.ts';
import { watchProcess } from '../run/watchdog.ts';
import { parseAddress } from './address.ts';
import type { Command } from './command.ts';

export const watchdogCommand: Command = {
  name: 'watchdog',
  summary: 'starts a gateway of a pair, kills it when it hangs: outrider watchdog gateway OPTIONS',
  help: () =>
    [
      'usage: outrider watchdog [--bound-ms N] gateway --node NAME OPTIONS',
      '',
      '  --bound-ms N     killed (SIGKILL) once its event loop has not answered for so long;',
      '                   3/4 of --lease-ms [300]',
      '',
      'Starts `outrider gateway OPTIONS` and passes SIGTERM and SIGINT on. When that process has',
      'ended, however it did, the witness of its options is told, which then need not wait for the',
      'lease. Ends with its status. A watchdog that is gone ends its gateway in order.',
    ].join('\n'),
  async run(given) {
    const at = given.indexOf('gateway');
    const own = given.slice(0, Math.max(at, 0));
    const parameters = given.slice(Math.max(at, 0));
    const optionOf = (option: string) => {
      const place = parameters.indexOf(option);
      return place < 0 ? undefined : parameters[place + 1];
    };
    if (at < 0) throw usage('gateway: missing; give `gateway` and its options');
    const node = checkNodeName('node', optionOf('--node'));
    const leaseNs = readLease(optionOf('--lease-ms'));
    const boundNs = readBound(own) ?? Math.ceil((3 * leaseNs) / 4);
    const clock = clockFrom(0);
    const times = { clock, timers: wallTimers(clock) };
    const onProblem = (text: string) => console.error(text);
    const address = optionOf('--witness');
    const witness =
      address === undefined
        ? undefined
        : connectWitness({
            ...{ ...parseAddress('witness', address), ...times, leaseNs, onProblem },
            ...{ onMessage() {}, onLost() {} },
          });
    const watched = watchProcess({ ...times, parameters, boundNs, onProblem });
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => watched.signal(signal));
    }
    const { status, instance } = await watched.exited;
    // Where the witness is away, the lease is over by the time it is back.
    if (instance !== undefined) witness?.ask({ kind: 'dead', node, instance });
    witness?.close();
    return status;
  },
};

function readBound(own: string[]): number | undefined {
  const [option, value, ...rest] = own;
  if (option === undefined) return undefined;
  const bound = Number(value);
  if (option === '--bound-ms' && rest.length === 0 && Number.isInteger(bound) && bound >= 20) {
    return bound * MILLISECOND_NS;
  }
  throw usage(`${own.join(' ')}: before \`gateway\` there is --bound-ms N alone, N at least 20`);
}

const usage = (message: string) => new OutriderError('bad-usage', message);
