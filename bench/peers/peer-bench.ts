/** `npm run bench -- peers`: CPU time a tick of another event loop beside our own. */

import { join } from 'node:path';
import { OutriderError } from '#engine';
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

export type PeerOptions = {
  peer: string | undefined;
  /** A Python that has the peer's package. */
  python: string | undefined;
  ticks: string[];
};

const PEERS: Readonly<Record<string, string>> = { nautilus: 'nautilus.py' };
const ROUNDS = 5;
const SECONDS_MAX = 300;
const FOLDER = join(ROOT, 'bench', 'peers');

/** The sides in turn, so that a busy machine slows both; each the median of its rounds. */
export async function benchPeer({ peer, python, ticks }: PeerOptions): Promise<void> {
  const script = peer === undefined ? undefined : PEERS[peer];
  if (script === undefined || python === undefined) {
    const known = Object.keys(PEERS).join(', ');
    const message = `peers: give one of ${known} and a Python with it; see bench/peers/README.md`;
    throw new OutriderError('bad-usage', message);
  }
  const results = openResults('peers');
  const seen = watchHost();
  const sides = [
    [process.execPath, join(FOLDER, 'own-ticks.ts'), ...ticks],
    [python, join(FOLDER, script), ...ticks],
  ] as const;
  const rounds: PeerFigures[][] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const figures: PeerFigures[] = [];
    for (const command of sides) figures.push(await figuresOf([...command]));
    rounds.push(figures);
  }
  const cpuNs = [0, 1].map(side => median(rounds.map(figures => figures[side]!.cpuNsPerTick)));
  const host = seen();
  const ratio = cpuNs[1]! / cpuNs[0]!;
  results.write({ host, ticks, rounds, ratio });
  const rows = rounds[0]!.map(({ name, ticks: count }, side) => [
    name,
    `${cpuNs[side]!.toFixed(0)} ns of CPU a tick`,
    `${count} ticks`,
  ]);
  console.log(textTable(rows));
  console.log(`ratio ${ratio.toFixed(2)}, medians of ${ROUNDS} rounds in turn`);
  console.log(`${machineText(host)}; load ${host.loadAfter[0]?.toFixed(2)}\n${results.path}`);
}

async function figuresOf(command: [string, ...string[]]): Promise<PeerFigures> {
  const name = command[1]!;
  const program = startProgram({ name, command, folder: ROOT });
  const figures = (await nextJson(program, name)) as PeerFigures;
  await endOf(program, name, SECONDS_MAX);
  return figures;
}
