/**
 * Our side of the benchmarks of streams: a topology on the engine, as a process of its own.
 *
 *     node bench/streams/stream-program.ts topology=count-and-join brokers=HOST:PORT application=ID
 *         input=TOPIC ... guarantee=exactly-once commitMs=100
 *
 * Says on standard output when it runs, and ends on SIGTERM.
 */

import { OutriderError } from '#engine';
import type { Guarantee } from '#engine/runtime';
import { startBenchProcessor } from './bench-processor.ts';
import { countAndJoin } from './count-and-join.ts';
import { oneToOne } from './one-to-one.ts';

/** It is halted while another side is measured. */
const SESSION_TIMEOUT_MS = 120_000;

const given = new Map(
  process.argv.slice(2).map(word => {
    const at = word.indexOf('=');
    return [word.slice(0, at), word.slice(at + 1)];
  }),
);
const application = of('application');
const processor = await startBenchProcessor({
  addresses: of('brokers').split(','),
  applicationId: application,
  processorId: given.get('processor') ?? 'one',
  topology: topologyOf(of('topology')),
  settings: {
    guarantee: of('guarantee') as Guarantee,
    commitIntervalMs: Number(of('commitMs')),
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    transactionTimeoutMs: SESSION_TIMEOUT_MS,
  },
  observer: { onFailure: ({ error }) => console.error(error) },
});
console.log(JSON.stringify({ running: true }));
process.once('SIGTERM', () => void processor.close());
await processor.done;
process.exit(0);

function topologyOf(name: string) {
  switch (name) {
    case 'count-and-join':
      return countAndJoin(application, {
        ...{ input: of('input'), table: of('table') },
        ...{ counts: of('counts'), joined: of('joined') },
      });
    case 'one-to-one':
      return oneToOne(application, of('input'), of('output'));
    default:
      throw new OutriderError('bad-usage', `topology ${name}; give count-and-join or one-to-one`);
  }
}

function of(name: string): string {
  const value = given.get(name);
  if (value !== undefined) return value;
  throw new OutriderError('bad-usage', `${name}: missing; give ${name}=VALUE`);
}
