/** A topology that maps each record beside a loop on the raw client that does the same. */

import { join } from 'node:path';
import { ROOT } from '../replay/results.ts';
import { processorMeasures } from './measures.ts';
import { benchProcessors, INPUT } from './processors-bench.ts';
import type { StreamsBench } from './streams-bench.ts';

const BURST_RECORDS = 200_000;
const COMMIT_MS = 50;

export const benchOneToOne: StreamsBench = async ({ kafka, rounds }) => {
  const programOf = (name: string, file: string, own: Readonly<Record<string, string>>) => {
    const output = `${file}-output`;
    return {
      ...{ name, folder: ROOT, outputs: [output], timed: output },
      command: [process.execPath, join(ROOT, 'bench', 'streams', `${file}.ts`)] as const,
      parameters: { application: file, input: INPUT, output, ...own },
    };
  };
  const ours = { topology: 'one-to-one', guarantee: 'at-least-once', commitMs: String(COMMIT_MS) };
  const { text, figures } = await benchProcessors({
    ...{ kafka, rounds, tables: [], outputsARecord: 1, burstRecords: BURST_RECORDS },
    ours: programOf('topology', 'stream-program', ours),
    theirs: programOf('raw loop', 'raw-loop', {}),
    measures: processorMeasures({ atLeast: 0.9 }, { atMost: 1.15 }),
  });
  return { text: `a map without state, at least once, ${text}`, figures };
};
