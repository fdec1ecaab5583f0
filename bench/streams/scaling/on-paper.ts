/** What growth costs on paper: tables of cores, bytes and verifiers, from what one record costs. */

import { countText } from '../../report-html/number-text.ts';
import { markdownTable, roundText } from './markdown-table.ts';

/** As the symbols of the first table of `docs/scaling.md` name them. */
export type Costs = {
  /** A tick through the edge without speculation, microseconds of a core. */
  readonly t: number;
  /** A ring's write and read, record and features, microseconds. */
  readonly r: number;
  /** A record mapped at least once, microseconds of its process; `a` of its broker. */
  readonly m: number;
  readonly a: number;
  /** A record counted and joined exactly once, microseconds of its process; `b` of its broker. */
  readonly c: number;
  readonly b: number;
  /** What one process counts and joins, records a second. */
  readonly p: number;
  /** A move speculated on, milliseconds of a verifier's core. */
  readonly s: number;
  /** A signal to its order on the wire, microseconds. */
  readonly g: number;
};

const REPLICAS = 3;
const READING_GROUPS = 2;
/** In a batch, uncompressed: the tick, its key and schema header, Kafka's lengths. */
const TICK_BYTES = 104;
const DAY_SECONDS = 6.5 * 3_600;
const RATES: readonly (readonly [perSecond: number, likeness: string])[] = [
  [1_000, "a desk's majors"],
  [100_000, "a venue's crypto book"],
  [1_000_000, 'all of a cash market at its open'],
  [10_000_000, 'several feeds'],
  [120_000_000, 'an options feed'],
];
const INSTRUMENTS = [2, 100, 1_000, 10_000];

/** Cores, bytes and partitions by messages a second. */
export function feedTable({ t, r, m, a, c, b, p }: Costs): string {
  const row = (name: string, textOf: (perSecond: number) => string) => [
    name,
    ...RATES.map(([perSecond]) => textOf(perSecond)),
  ];
  const cores = (us: number) => (perSecond: number) => roundText((perSecond * us) / 1e6);
  return markdownTable([
    row('messages a second', countText),
    ['what it is like', ...RATES.map(([, likeness]) => likeness)],
    row('in process, `t` + `r`, cores', cores(t + r)),
    row('mapped, workers, `m`', cores(m)),
    row(`mapped, brokers, \`a\` x ${REPLICAS} replicas`, cores(a * REPLICAS)),
    row('counted and joined, workers, `c`', cores(c)),
    row(`counted and joined, brokers, \`b\` x ${REPLICAS}`, cores(b * REPLICAS)),
    row('bytes in, before replicas', rate => `${bytesText(rate * TICK_BYTES)}/s`),
    row(
      `bytes between brokers and out to ${READING_GROUPS} groups`,
      rate => `${bytesText(rate * TICK_BYTES * (REPLICAS - 1 + READING_GROUPS))}/s`,
    ),
    row('kept for 6.5 hours at this rate, one copy', rate =>
      bytesText(rate * TICK_BYTES * DAY_SECONDS),
    ),
    row('partitions, at `p` each', rate => countText(Math.ceil(rate / p))),
  ]);
}

/** Verifiers and gateways by instruments watched, each with a move and an order a second. */
export function speculationTable({ s, g }: Costs): string {
  const row = (name: string, textOf: (instruments: number) => string) => [
    name,
    ...INSTRUMENTS.map(textOf),
  ];
  return markdownTable([
    row('instruments watched, a move a second each', countText),
    row('verifier cores, all moves speculated on, `s`', each => roundText((each * s) / 1e3)),
    row('gateway, an order a second each, `g`, share of a core', each =>
      roundText((each * g) / 1e6),
    ),
  ]);
}

function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const at = Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  return `${roundText(bytes / 1_000 ** at)} ${units[at]}`;
}
