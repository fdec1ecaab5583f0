/** Signal to wire, round after round: alone, synced, with a standby, on a topic, and its broker. */

import { join } from 'node:path';
import { z } from 'zod';
import { connectPlatformatic } from '#engine/broker';
import { startKafka } from '#engine/testing/kafka';
import { endOf, nextJson, startProgram } from '../replay/program.ts';
import { ROOT } from '../replay/results.ts';
import { durationText } from '../report-html/number-text.ts';
import { median, type Ratio, ratioOf } from '../statistics.ts';
import { textTable } from '../table.ts';
import { startMeasuredVenue } from './venue.ts';

const percentilesSchema = z.object({
  ...{ p50Ns: z.number(), p90Ns: z.number(), p99Ns: z.number() },
  ...{ leastNs: z.number(), mostNs: z.number() },
});
type Percentiles = z.infer<typeof percentilesSchema>;
/** Until the order was handed to the socket, and until the call that sent it returned. */
const wireSchema = z.object({
  ...{ orders: z.int(), handed: percentilesSchema, returned: percentilesSchema },
});
type Wire = z.infer<typeof wireSchema>;
/** And how long a signal's record is. */
const pairedSchema = wireSchema.omit({ returned: true }).extend({ recordBytes: z.int() });
type Paired = z.infer<typeof pairedSchema>;
/** Of as long a record, over a bare socket, and by our producer. */
const brokerSchema = z.object({ bare: percentilesSchema, produced: percentilesSchema });

export type WireRound = {
  first: Wire;
  again: Wire;
  synced: Wire;
  paired: Paired;
  topic: Paired;
  topicAgain: Paired;
  broker: z.infer<typeof brokerSchema>;
};

const SECONDS_MAX = 90;

/**
 * Each round gateways and venues of their own: the log not synced, the same again, synced, with a
 * standby in another process by a link, and by a topic of one broker, twice; between those two the
 * broker alone. Throws where one of them is not done within 90 s.
 */
export async function measureWire(
  ticks: string,
  folder: string,
  rounds: number,
): Promise<WireRound[]> {
  const kafka = await startKafka();
  try {
    const measured: WireRound[] = [];
    for (let round = 1; round <= rounds; round++) {
      const of = { address: kafka.addresses[0]!, ticks, folder, round };
      measured.push(await measureRound(of));
      const { first, topic } = measured.at(-1)!;
      const [alone, on] = [first, topic].map(({ handed }) => durationText(handed.p50Ns));
      console.error(`round ${round} of ${rounds}: signal to wire, ${alone}; on a topic, ${on}`);
    }
    return measured;
  } finally {
    await kafka.stop();
  }
}

type RoundOptions = { address: string; ticks: string; folder: string; round: number };

async function measureRound(options: RoundOptions): Promise<WireRound> {
  const { address, ticks, folder, round } = options;
  const once = (slot: string, name: string, ...parameters: string[]) =>
    measureOnce(ticks, join(folder, `${round}-${slot}`), [name, ...parameters]);
  const alone = async (slot: string, ...policy: string[]) =>
    wireSchema.parse(await once(slot, 'signal-to-wire', ...policy));
  const pair = async (slot: string, ...parameters: string[]) =>
    pairedSchema.parse(await once(slot, 'signal-to-wire-paired', ...parameters));
  const onTopic = async (slot: string) => {
    const name = `gateway-${round}-${slot}`;
    await makeLogTopic(address, name);
    return pair(slot, address, name);
  };
  const first = await alone('first');
  const synced = await alone('synced', 'fsync');
  const paired = await pair('paired');
  const topic = await onTopic('topic');
  const broker = await measureBroker(address, `broker-${round}`, topic.recordBytes);
  const topicAgain = await onTopic('topic-again');
  const again = await alone('again');
  return { first, again, synced, paired, topic, topicAgain, broker };
}

async function makeLogTopic(address: string, topic: string): Promise<void> {
  const broker = await connectPlatformatic({ addresses: [address] });
  const config = { 'retention.ms': '-1' };
  await broker.admin.createTopics([{ topic, partitions: 1, replicas: 1, config }]);
  await broker.close();
}

async function measureBroker(address: string, topic: string, bytes: number) {
  await makeLogTopic(address, topic);
  const said = await lineOf('topic-round-trip', [address, topic, String(bytes)]);
  return brokerSchema.parse(said);
}

async function measureOnce(
  ticks: string,
  folder: string,
  [name, ...policy]: readonly [name: string, ...policy: string[]],
): Promise<unknown> {
  const venue = await startMeasuredVenue(ticks, join(folder, 'venue'));
  try {
    return await lineOf(name, [String(venue.port), join(folder, 'gateway'), ...policy]);
  } finally {
    venue.close();
    venue.program.kill('SIGTERM');
    await venue.program.exited;
  }
}

async function lineOf(name: string, parameters: readonly string[]): Promise<unknown> {
  const program = join(ROOT, 'bench', 'gateway', `${name}.ts`);
  const command = [process.execPath, program, ...parameters] as const;
  const started = startProgram({ name, command, folder: ROOT });
  const said = await nextJson(started, name);
  await endOf(started, name, SECONDS_MAX);
  return said;
}

const ROWS = [
  ['p50', 'p50Ns'],
  ['p90', 'p90Ns'],
  ['p99', 'p99Ns'],
  ['max', 'mostNs'],
  ['least', 'leastNs'],
] as const satisfies readonly (readonly [string, keyof Percentiles])[];

/** Medians over the rounds, of a column that is measured twice a round with its A/A ratio. */
export function wireText(measured: readonly WireRound[]): string {
  const text = (figures: (round: WireRound) => number | number[]) =>
    durationText(median(measured.flatMap(figures)));
  const same = (pairOf: (round: WireRound) => [number, number]) =>
    ratioText(ratioOf(measured.map(pairOf)));
  const rows = ROWS.map(([name, figure]) => [
    name,
    text(({ first, again }) => [first.handed[figure], again.handed[figure]]),
    same(({ first, again }) => [first.handed[figure], again.handed[figure]]),
    text(({ first, again }) => [first.returned[figure], again.returned[figure]]),
    text(({ synced }) => synced.handed[figure]),
    text(({ paired }) => paired.handed[figure]),
    text(({ topic, topicAgain }) => [topic.handed[figure], topicAgain.handed[figure]]),
    same(({ topic, topicAgain }) => [topic.handed[figure], topicAgain.handed[figure]]),
    text(({ broker }) => broker.produced[figure]),
    text(({ broker }) => broker.bare[figure]),
  ]);
  const titles = ['', 'alone', 'A/A', 'call returned', 'fsync', 'a standby', 'on a topic', 'A/A'];
  const bytes = measured[0]!.topic.recordBytes;
  return [
    'signal to wire: until the order is handed to the socket, its record being where it must be;',
    `beside it one record of ${bytes} bytes to the same broker, until all in sync have it:`,
    textTable([[...titles, 'our producer', 'bare socket'], ...rows]),
  ].join('\n');
}

const ratioText = ({ ratio, low, high }: Ratio) =>
  `${ratio.toFixed(2)} (${low.toFixed(2)}..${high.toFixed(2)})`;
