/** `npm run bench -- gateway`: beside QuickFIX/J, by one client in Rust; and signal to wire. */

import { OutriderError } from '#engine';
import { type Host, watchHost } from '../host.ts';
import { machineText } from '../replay/replay-text.ts';
import { openResults } from '../replay/results.ts';
import { durationText } from '../report-html/number-text.ts';
import type { Ratio } from '../statistics.ts';
import { textTable } from '../table.ts';
import { type Comparison, compareAcceptors, measureAcceptors } from './acceptor-rounds.ts';
import { type Encode, measureEncode } from './encode.ts';
import { openQuickfixj } from './quickfixj.ts';
import { buildExample } from './rust-program.ts';
import { measureWire, wireText } from './wire-rounds.ts';

export type GatewayBenchOptions = {
  /** Recorded quotes of EURUSD: what our venue trades at. */
  ticks: readonly string[];
  rounds: number;
};

/** Throws `bad-usage` where java, mvn or cargo are missing. */
export async function benchGateway({ ticks, rounds }: GatewayBenchOptions): Promise<void> {
  const quotes = quotesOf(ticks);
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
  keep(results, seen(), { encode, acceptors, wire, rounds: measured });
}

/** Signal to wire alone. Throws `bad-config` where java or mvn are missing. */
export async function benchWire({ ticks, rounds }: GatewayBenchOptions): Promise<void> {
  const quotes = quotesOf(ticks);
  const results = openResults('wire');
  const seen = watchHost();
  const wire = await measureWire(quotes, results.folderOf('initiator'), rounds);
  console.log(`${wireText(wire)}\n`);
  keep(results, seen(), { wire });
}

function quotesOf(ticks: readonly string[]): string {
  const quotes = ticks.find(path => path.includes('eurusd'));
  if (quotes !== undefined) return quotes;
  throw new OutriderError('bad-usage', 'ticks: no EURUSD among them; give --ticks PATH');
}

function keep(results: ReturnType<typeof openResults>, host: Host, measured: object): void {
  results.write({ host, ...measured });
  const [before, after] = [host.loadBefore, host.loadAfter].map(load => load[0]?.toFixed(2));
  console.log(`${machineText(host)}; load ${before} before, ${after} after`);
  console.log(results.path);
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

const ratioText = ({ ratio, low, high }: Ratio) =>
  `${ratio.toFixed(2)} (${low.toFixed(2)}..${high.toFixed(2)})`;
