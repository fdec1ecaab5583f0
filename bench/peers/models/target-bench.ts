/** `npm run bench -- peers target`: a packed pass beside onnxruntime-node on the same threads. */

import { watchHost } from '../../host.ts';
import { machineText } from '../../replay/replay-text.ts';
import { openResults } from '../../replay/results.ts';
import { makeGraphs } from './make-graphs.ts';
import { modelTable } from './model-table.ts';
import { figuresOf, measureSides } from './side.ts';
import { openTargetSides } from './target-peer.ts';

const ROUNDS = 60;
/** A pass lasts longer: one a sample. */
const SAMPLE_MS = 1;

export async function benchTarget(python: string): Promise<void> {
  const results = openResults('peers-target');
  const graphs = results.folderOf('graphs');
  await makeGraphs(python, graphs);
  const seen = watchHost();
  const { sides, items, agreements } = await openTargetSides(graphs);
  const options = { items, rounds: ROUNDS, sampleMs: SAMPLE_MS };
  const figures = figuresOf(await measureSides(sides, options));
  console.log(`${modelTable(`packed pass of ${items} nodes, two threads`, figures, 'node')}\n`);
  const host = seen();
  results.write({ host, rounds: ROUNDS, agreements, figures });
  console.log(`${machineText(host)}; load ${host.loadAfter[0]?.toFixed(2)}\n${results.path}`);
}
