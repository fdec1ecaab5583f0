/** `npm run bench -- gateway`: the FIX gateway beside QuickFIX/J, by one client in Rust. */

import { join } from 'node:path';
import { z } from 'zod';
import { OutriderError } from '#engine';
import { connectPlatformatic } from '#engine/broker';
import { startKafka } from '#engine/testing/kafka';
import { watchHost } from '../host.ts';
import { endOf, nextJson, startProgram } from '../replay/program.ts';
import { machineText } from '../replay/replay-text.ts';
import { openResults, ROOT } from '../replay/results.ts';
import { durationText } from '../report-html/number-text.ts';
import { median, type Ratio, ratioOf } from '../statistics.ts';
import { textTable } from '../table.ts';
import { type Comparison, compareAcceptors, measureAcceptors } from './acceptor-rounds.ts';
import { type Encode, measureEncode } from './encode.ts';
import { openQuickfixj } from './quickfixj.ts';
import { buildExample } from './rust-program.ts';
import { startMeasuredVenue } from './venue.ts';

export type GatewayBenchOptions = {
  /** Recorded quotes of EURUSD: what our venue trades at. */
  ticks: readonly string[];
  rounds: number;
};

const percentilesSchema = z.object({
  ...{ p50Ns: z.number(), p90Ns: z.number(), p99Ns: z.number(), leastNs: z.number() },
});
/** Until the order was handed to the socket, and until the call that sent it returned. */
const wireSchema = z.object({
  ...{ orders: z.int(), handed: percentilesSchema, returned: percentilesSchema },
});
type Wire = z.infer<typeof wireSchema>;
const pairedSchema = wireSchema.omit({ returned: true });
type Paired = z.infer<typeof pairedSchema>;

const SECONDS_MAX = 90;

/** Throws `bad-usage` where java, mvn or cargo are missing. */
export async function benchGateway({ ticks, rounds }: GatewayBenchOptions): Promise<void> {
  const quotes = ticks.find(path => path.includes('eurusd'));
  if (quotes === undefined) {
    throw new OutriderError('bad-usage', 'ticks: no EURUSD among them; give --ticks PATH');
  }
  const results = openResults('gateway');
  const [client, encoder] = [buildExample('fix_load'), buildExample('fix_encode')];
  const quickfixj = openQuickfixj(results.folderOf('classes'));
  const seen = watchHost();
  const encode = await measureEncode(encoder, quickfixj);
  console.log(`${encodeText(encode)}\n`);
  const folder = results.folderOf('acceptors');
  const measured = await measureAcceptors({ client, quickfixj, ticks: quotes, folder, rounds });
  const acceptors = compareAcceptors(measured);
  console.log(`${acceptorText(acceptors, rounds)}\n`);
  const wire = await measureWire(quotes, results.folderOf('initiator'), rounds);
  console.log(`${wireText(wire)}\n`);
  const host = seen();
  results.write({ host, encode, acceptors, wire, rounds: measured });
  const [before, after] = [host.loadBefore, host.loadAfter].map(load => load[0]?.toFixed(2));
  console.log(`${machineText(host)}; load ${before} before, ${after} after`);
  console.log(results.path);
}

type WireRound = { first: Wire; again: Wire; synced: Wire; paired: Paired; topic: Paired };

/**
 * Each round gateways and venues of their own: the log not synced, the same again, synced, and with
 * a standby in another process, by a link and by a topic of one broker.
 */
async function measureWire(ticks: string, folder: string, rounds: number): Promise<WireRound[]> {
  const kafka = await startKafka();
  try {
    return await measureWireOn(kafka.addresses, { ticks, folder, rounds });
  } finally {
    await kafka.stop();
  }
}

async function measureWireOn(
  addresses: readonly string[],
  { ticks, folder, rounds }: { ticks: string; folder: string; rounds: number },
): Promise<WireRound[]> {
  const measured: WireRound[] = [];
  for (let round = 1; round <= rounds; round++) {
    const once = async (slot: string, ...policy: string[]) =>
      wireSchema.parse(
        await measureWireOnce(ticks, join(folder, `${round}-${slot}`), [
          'signal-to-wire',
          ...policy,
        ]),
      );
    const first = await once('first');
    const synced = await once('synced', 'fsync');
    const pairOnce = async (slot: string, ...parameters: string[]) =>
      pairedSchema.parse(
        await measureWireOnce(ticks, join(folder, `${round}-${slot}`), [
          'signal-to-wire-paired',
          ...parameters,
        ]),
      );
    const paired = await pairOnce('paired');
    const name = `gateway-${round}`;
    await makeLogTopic(addresses, name);
    const topic = await pairOnce('topic', addresses.join(','), name);
    const again = await once('again');
    console.error(`round ${round} of ${rounds}: signal to wire, ${first.handed.p50Ns} ns`);
    measured.push({ first, again, synced, paired, topic });
  }
  return measured;
}

async function makeLogTopic(addresses: readonly string[], topic: string): Promise<void> {
  const broker = await connectPlatformatic({ addresses });
  const config = { 'retention.ms': '-1' };
  await broker.admin.createTopics([{ topic, partitions: 1, replicas: 1, config }]);
  await broker.close();
}

async function measureWireOnce(
  ticks: string,
  folder: string,
  [name, ...policy]: readonly [name: string, ...policy: string[]],
): Promise<unknown> {
  const venue = await startMeasuredVenue(ticks, join(folder, 'venue'));
  try {
    const program = join(ROOT, 'bench', 'gateway', `${name}.ts`);
    const parameters = [String(venue.port), join(folder, 'gateway'), ...policy];
    const command = [process.execPath, program, ...parameters] as const;
    const started = startProgram({ name, command, folder: ROOT });
    const wire = await nextJson(started, name);
    await endOf(started, name, SECONDS_MAX);
    return wire;
  } finally {
    venue.close();
    venue.program.kill('SIGTERM');
    await venue.program.exited;
  }
}

function encodeText(encode: Encode): string {
  const { rustBestNs, rustMedianNs, quickfixjBestNs, quickfixjMedianNs, ratio, bytes } = encode;
  return [
    'encode a NewOrderSingle, nanoseconds:',
    textTable([
      ['', 'best', 'median', 'bytes'],
      ['ours, Rust', rustBestNs.toFixed(1), rustMedianNs.toFixed(1), String(bytes.rust)],
      [
        'QuickFIX/J',
        quickfixjBestNs.toFixed(0),
        quickfixjMedianNs.toFixed(0),
        String(bytes.quickfixj),
      ],
    ]),
    `QuickFIX/J takes ${ratioText(ratio)} times as long`,
  ].join('\n');
}

const PEER_TEXTS = { filled: 'one report', both: 'two reports' } as const;

function acceptorText(comparisons: readonly Comparison[], rounds: number): string {
  const valueText = (measure: Comparison['measure'], value: number) =>
    measure === 'orders/s' ? value.toFixed(0) : durationText(value);
  const peerRow = ({ measure, ...each }: Comparison, name: 'filled' | 'both') => {
    const { value, best, ratio, same } = each[name];
    const [theirs, theirBest] = [value, best].map(figure => valueText(measure, figure));
    return [
      `QuickFIX/J, ${PEER_TEXTS[name]}`,
      theirs!,
      theirBest!,
      ratioText(same),
      ratioText(ratio),
    ];
  };
  const rows = comparisons.flatMap(each => {
    const [ours, best] = [each.ours, each.oursBest].map(value => valueText(each.measure, value));
    return [
      [each.measure, 'ours', ours!, best!, ratioText(each.same), ''],
      ...(['filled', 'both'] as const).map(name => ['', ...peerRow(each, name)]),
    ];
  });
  return [
    'NewOrderSingle to filled report, file store, no fsync; orders/s with a window of 256:',
    textTable([['', '', 'median', 'best', 'A/A', 'ours over it'], ...rows]),
    `${rounds} rounds in random order; medians, and ratios of medians with 95 % of the bootstrap`,
  ].join('\n');
}

function wireText(measured: readonly WireRound[]): string {
  const alone = measured.flatMap(({ first, again }) => [first, again]);
  const synced = measured.map(each => each.synced);
  const row = (
    name: string,
    figureOf: (wire: Wire) => number,
    pairedOf?: (wire: Paired) => number,
  ) => [
    name,
    durationText(median(alone.map(figureOf))),
    durationText(Math.min(...alone.map(figureOf))),
    ratioText(ratioOf(measured.map(({ first, again }) => [figureOf(first), figureOf(again)]))),
    durationText(median(synced.map(figureOf))),
    ...(pairedOf === undefined
      ? ['', '']
      : (['paired', 'topic'] as const).map(kind =>
          durationText(median(measured.map(each => pairedOf(each[kind])))),
        )),
  ];
  const handed = (name: string, figure: keyof Paired['handed']) =>
    row(
      name,
      wire => wire.handed[figure],
      wire => wire.handed[figure],
    );
  return [
    'signal to wire (handed to the socket), not synced; fdatasync; with a standby; on a topic:',
    textTable([
      ['', 'median', 'best', 'A/A', 'with fsync', 'with a standby', 'on a topic'],
      handed('p50', 'p50Ns'),
      handed('p90', 'p90Ns'),
      handed('p99', 'p99Ns'),
      handed('least', 'leastNs'),
      row('p50, call returned', wire => wire.returned.p50Ns),
      row('least, call returned', wire => wire.returned.leastNs),
    ]),
  ].join('\n');
}

const ratioText = ({ ratio, low, high }: Ratio) =>
  `${ratio.toFixed(2)} (${low.toFixed(2)}..${high.toFixed(2)})`;
