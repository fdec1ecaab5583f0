/** The peers' graphs, made anew for each measurement from the weights that ship. */

import { SHIPPED_MODELS } from '#models';
import { endOf, startProgram } from '../../replay/program.ts';
import { ROOT } from '../../replay/results.ts';

const SECONDS_MAX = 300;

/** Into this folder, which need not exist, by a Python of `requirements.txt`. */
export async function makeGraphs(python: string, folder: string): Promise<void> {
  const name = 'bench.peers.models.graphs';
  const command = [python, '-m', name, '--models', SHIPPED_MODELS, '--out', folder] as const;
  await endOf(startProgram({ name, command, folder: ROOT }), name, SECONDS_MAX);
}
