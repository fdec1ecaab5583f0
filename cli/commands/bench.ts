/** `outrider bench`: latency of a replay, comparisons, kernels one by one, and what is gated. */
import {
  benchCompare,
  benchGate,
  benchInstructions,
  benchMicro,
  benchPeer,
  benchReplay,
  readOffer,
  suites,
} from '#bench/suite';
import { OutriderError } from '#engine';
import { type Command, type ParsedOptions, parseOptions } from './command.ts';

const KINDS = {
  ...({ ticks: 'texts', from: 'text', speed: 'text', seconds: 'text', options: 'text' } as const),
  ...({ compare: 'flag', rounds: 'text', record: 'flag' } as const),
} as const;

export const benchCommand: Command = {
  name: 'bench',
  summary: 'measures: a replay, two sides of a comparison, kernels, and what is gated',
  help: () =>
    [
      'usage: npm run bench -- [options]                one replay in real time, all segments',
      '       npm run bench -- --compare A B [options]  two sides interleaved, ratios of medians',
      '       npm run bench -- micro [NAME]             kernels alone, native and twin interleaved',
      '       npm run bench -- instructions             instructions an item, AVX2 path (valgrind)',
      '       npm run bench -- gateway [--rounds N]     FIX beside QuickFIX/J, one client in Rust',
      '       npm run bench -- gateway wire [--rounds N]  signal to wire alone, on a topic too',
      '       npm run bench -- gateway replay [N]       a log of N records, replayed four ways',
      '       npm run bench -- gate [--record]          ratios and counts against bench/baselines',
      '       npm run bench -- takeover [kill|stop]     a pair of gateways, each failing in turn',
      '       npm run bench -- takeover kill topic      the same, their log on a topic of Kafka',
      '       npm run bench -- streams [KIND]           raw, map, kafka-streams, restore, stall,',
      '                                                 scaling',
      '       npm run bench -- streams takeover [KIND]  edges lost by kill, leave or leader',
      '       npm run bench -- streams stores           keys in memory, in LMDB and in SQLite',
      '       npm run bench -- peers nautilus PYTHON    CPU a tick beside another event loop',
      '       npm run bench -- peers draft PYTHON       a draft step beside onnxruntime and ort',
      '       npm run bench -- peers target PYTHON      a packed pass beside onnxruntime',
      '',
      'A side is a commit, `.` for this tree, or options such as keepWarmMs=0,branches=8.',
      '',
      '  --ticks PATH      recorded ticks; given again for more [EURUSD and gold of 2014-05-02 in',
      '                    OUTRIDER_DATA]',
      '  --from HH:MM      UTC time of day of the first tick [14:00]',
      '  --speed N         times recorded speed [5]',
      '  --seconds N       length of a replay, real time [20]',
      '  --options TEXT    options of `outrider run`, such as branches=8,deadlineMs=40',
      '  --rounds N        of a comparison; each measures A twice and B once [5]; of gateway;',
      '                    of streams; of takeover [50]',
      '  --record          of the gate: writes the baselines instead of comparing with them',
      '',
      'Figures are printed and kept in runs/bench-TIME/result.json; docs/bench.md says how they',
      'are made. The gate exits 1 on a miss.',
    ].join('\n'),
  async run(given) {
    const { values, positionals } = parseOptions(given, KINDS, 3);
    const [word, name, ...rest] = positionals;
    if (values.compare === true) return await compare(values, positionals);
    const isLong =
      word === 'peers' || word === 'takeover' || ['replay', 'takeover'].includes(name ?? '');
    const extra = isLong ? rest[1] : rest[0];
    if (extra !== undefined) throw usage(`${extra}: too many words; --help lists what there is`);
    switch (word) {
      case undefined:
        await benchReplay(readOffer(values), runOptions(values));
        return 0;
      case 'micro':
        await benchMicro(name);
        return 0;
      case 'gateway':
        if (name === 'replay') return await suites.gateway.replay(recordsOf(rest[0]));
        if (name !== undefined && name !== 'wire') {
          throw usage(`${name}: unknown; --help lists what there is`);
        }
        await suites.gateway[name ?? 'peers']({
          ...{ ticks: readOffer(values).ticks, rounds: roundsOf(values) },
        });
        return 0;
      case 'streams':
        if (name === 'takeover') await benchEdges(values, rest[0]);
        else await suites.streams(name, roundsOf(values));
        return 0;
      case 'takeover':
        await (await import('#scenarios')).benchTakeovers(takeoverOptions(values, name, rest[0]));
        return 0;
      case 'instructions':
        await benchInstructions();
        return 0;
      case 'gate':
        return await benchGate({ isRecorded: values.record === true });
      case 'peers':
        await benchPeer({ peer: name, python: rest[0], ticks: readOffer(values).ticks });
        return 0;
      default:
        throw usage(`${word}: unknown; --help lists what there is`);
    }
  },
};

const TAKEOVERS = 50;
const LEASE_MS = 800;

function takeoverOptions(values: Values, kind = 'kill', log?: string) {
  const rounds = values.rounds === undefined ? TAKEOVERS : roundsOf(values);
  if (kind !== 'kill' && kind !== 'stop') throw usage(`${kind}: unknown; give kill or stop`);
  if (log !== undefined && log !== 'topic') throw usage(`${log}: unknown; give topic or nothing`);
  const print = (line: string) => console.log(line);
  return { rounds, kind, leaseMs: LEASE_MS, isOnTopic: log === 'topic', print } as const;
}

async function benchEdges(values: Values, kind = 'kill'): Promise<void> {
  const { benchEdgeTakeovers, EDGE_LOSSES } = await import('#scenarios');
  const known = EDGE_LOSSES.find(each => each === kind);
  if (known === undefined) throw usage(`${kind}: unknown; give ${EDGE_LOSSES.join(', ')}`);
  const print = (line: string) => console.log(line);
  await benchEdgeTakeovers({ kind: known, rounds: roundsOf(values), print });
}

type Values = ParsedOptions['values'];

async function compare(values: Values, sides: string[]): Promise<number> {
  const [first, other, ...rest] = sides;
  if (first === undefined || other === undefined || rest.length > 0) {
    throw usage(`compare: ${sides.length} sides; give two, such as --compare HEAD~1 HEAD`);
  }
  const names = [first, other] as const;
  const rounds = roundsOf(values);
  await benchCompare({ names, offer: readOffer(values), rounds, runOptions: runOptions(values) });
  return 0;
}

/** A log of fewer would not have each kind of record. */
const REPLAY_RECORDS_LEAST = 10_000;
const REPLAY_RECORDS_MOST = 100_000_000;

function recordsOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const records = Number(given);
  const isFit = records >= REPLAY_RECORDS_LEAST && records <= REPLAY_RECORDS_MOST;
  if (Number.isInteger(records) && isFit) return records;
  const range = `${REPLAY_RECORDS_LEAST} to ${REPLAY_RECORDS_MOST}`;
  throw usage(`records: ${given}; give a whole number from ${range}`);
}

const ROUNDS = 5;

function roundsOf(values: Values): number {
  const rounds = Number(values.rounds ?? ROUNDS);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= 1000) return rounds;
  throw usage(`rounds: ${String(values.rounds)}; give a whole number from 1 to 1000`);
}

const runOptions = ({ options }: Values) => (typeof options === 'string' ? options : undefined);

const usage = (message: string) => new OutriderError('bad-usage', message);
