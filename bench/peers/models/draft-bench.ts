/** `npm run bench -- peers draft`: a step beside onnxruntime-node and beside the crate `ort`. */

import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { SHIPPED_MODELS } from '#models';
import { watchHost } from '../../host.ts';
import { endOf, nextJson, startProgram } from '../../replay/program.ts';
import { machineText } from '../../replay/replay-text.ts';
import { openResults, ROOT } from '../../replay/results.ts';
import { openDraftSides } from './draft-peer.ts';
import { makeGraphs } from './make-graphs.ts';
import { modelTable } from './model-table.ts';
import { figuresOf, measureSides } from './side.ts';

const BATCHES = [1, 8];
const ROUNDS = 300;
/** Shorter than a turn of the scheduler, so that most samples are not interrupted. */
const SAMPLE_MS = 0.5;
const CRATE = join(ROOT, 'bench', 'peers', 'ort-crate');
const SECONDS_MAX = 600;

export async function benchDraft(python: string): Promise<void> {
  const results = openResults('peers-draft');
  const graphs = results.folderOf('graphs');
  await makeGraphs(python, graphs);
  const build = ['cargo', 'build', '--release', '--locked'] as const;
  await endOf(
    startProgram({ name: build[0], command: build, folder: CRATE }),
    'cargo',
    SECONDS_MAX,
  );
  const seen = watchHost();
  const inNode = [];
  for (const batch of BATCHES) {
    const { sides, items, agreements } = await openDraftSides(graphs, batch);
    const options = { items, rounds: ROUNDS, sampleMs: SAMPLE_MS };
    const figures = figuresOf(await measureSides(sides, options));
    console.log(`${modelTable(`batch ${batch}, in Node`, figures, 'step')}\n`);
    inNode.push({ batch, agreements, figures });
  }
  const crate = await measureCrate(graphs);
  const inRust = crate.batches.map(({ batch, apart, samples }) => {
    const figures = figuresOf(samples);
    console.log(`${modelTable(`batch ${batch}, in Rust`, figures, 'step')}\n`);
    return { batch, apart, figures };
  });
  const host = seen();
  results.write({ host, rounds: ROUNDS, inNode, inRust, onnxruntime: crate.version });
  console.log(`${machineText(host)}; load ${host.loadAfter[0]?.toFixed(2)}\n${results.path}`);
}

const samplesSchema = z.object({
  group: z.string(),
  name: z.string(),
  usPerItem: z.array(z.number()).min(1),
});
const crateSchema = z.object({
  version: z.string(),
  batches: z.array(
    z.object({
      batch: z.int(),
      apart: z.array(z.object({ form: z.string(), meanNats: z.number() })),
      samples: z.array(samplesSchema).min(3),
    }),
  ),
});

async function measureCrate(graphs: string): Promise<z.output<typeof crateSchema>> {
  const weights = join(SHIPPED_MODELS, 'neural-draft.safetensors');
  const binary = join(CRATE, 'target', 'release', 'ort-peer');
  const command = [binary, libraryOfNode(), weights, graphs, String(ROUNDS)] as const;
  const program = startProgram({ name: 'ort-peer', command, folder: ROOT });
  const measured = crateSchema.parse(await nextJson(program, 'ort-peer'));
  await endOf(program, 'ort-peer', SECONDS_MAX);
  return measured;
}

/** The library that onnxruntime-node runs on, so that both sides have the same. */
function libraryOfNode(): string {
  const require = createRequire(import.meta.url);
  const root = dirname(require.resolve('onnxruntime-node/package.json'));
  const folder = join(root, 'bin', 'napi-v6', process.platform, process.arch);
  const name = readdirSync(folder).find(each => /^libonnxruntime\.(so|\d|dylib)/.test(each));
  return join(folder, name ?? 'libonnxruntime.so.1');
}
