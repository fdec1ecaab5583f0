/** `npm run bench -- peers nautilus`: CPU time a tick of another event loop beside our own. */

import { join } from 'node:path';
import { watchHost } from '../host.ts';
import { endOf, nextJson, startProgram } from '../replay/program.ts';
import { machineText } from '../replay/replay-text.ts';
import { openResults, ROOT } from '../replay/results.ts';
import { median } from '../statistics.ts';
import { textTable } from '../table.ts';

/** What each side prints: processor time of its own process over ticks that were in memory. */
export type PeerFigures = {
  name: string;
  ticks: number;
  cpuNsPerTick: number;
};

/** Ways to run each side: the first of the peer's is the one that a claim is about. */
const OWN_WAYS = [['compiled'], ['first']];
const NAUTILUS_WAYS = [
  ['backtest', 'comparable'],
  ['backtest', 'averages'],
  ['backtest', 'average'],
  ['data', 'comparable'],
  ['data', 'average'],
];
const ROUNDS = 5;
const SECONDS_MAX = 300;
const FOLDER = join(ROOT, 'bench', 'peers');

/** The sides in turn, so that a busy machine slows both; each the median of its rounds. */
export async function benchEventLoop(python: string, ticks: readonly string[]): Promise<void> {
  const results = openResults('peers');
  const seen = watchHost();
  const commandsOf = (program: string, script: string, ways: string[][]) =>
    ways.map((way): Command => [program, join(FOLDER, script), ...way, ...ticks]);
  const sides = [
    ...commandsOf(process.execPath, 'own-ticks.ts', OWN_WAYS),
    ...commandsOf(python, 'nautilus.py', NAUTILUS_WAYS),
  ];
  const rounds: PeerFigures[][] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const figures: PeerFigures[] = [];
    for (const command of sides) figures.push(await figuresOf(command));
    rounds.push(figures);
  }
  const host = seen();
  const cpuNs = sides.map((_, side) => median(rounds.map(each => each[side]!.cpuNsPerTick)));
  const ratios = cpuNs.map(ns => ns / cpuNs[0]!);
  results.write({ host, ticks, rounds, ratios });
  const rows = rounds[0]!.map(({ name }, side) => [
    name,
    `${cpuNs[side]!.toFixed(0)} ns`,
    `${ratios[side]!.toFixed(2)} times`,
  ]);
  console.log(textTable([['side', 'CPU a tick', 'over the first'], ...rows]));
  console.log(`${rounds[0]![0]!.ticks} ticks, medians of ${ROUNDS} rounds in turn`);
  console.log(`${machineText(host)}; load ${host.loadAfter[0]?.toFixed(2)}\n${results.path}`);
}

type Command = [string, ...string[]];

async function figuresOf(command: Command): Promise<PeerFigures> {
  const name = command[1]!;
  const program = startProgram({ name, command, folder: ROOT });
  const figures = (await nextJson(program, name)) as PeerFigures;
  await endOf(program, name, SECONDS_MAX);
  return figures;
}
