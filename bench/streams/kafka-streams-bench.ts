/** Our engine beside Kafka Streams: a count in windows and a join, exactly once, all else equal. */

import { join } from 'node:path';
import { ROOT } from '../replay/results.ts';
import { buildKafkaStreams } from './kafka-streams.ts';
import { processorMeasures } from './measures.ts';
import { benchProcessors, INPUT } from './processors-bench.ts';
import type { StreamsBench } from './streams-bench.ts';

const BURST_RECORDS = 100_000;
const TABLE = 'table';
/** What Kafka Streams takes by itself for exactly once. */
const COMMIT_MS = 100;
/** A count and a joined record. */
const OUTPUTS_A_RECORD = 2;

export const benchKafkaStreams: StreamsBench = async ({ kafka, rounds, results }) => {
  const programOf = (name: string, application: string) => {
    const [counts, joined] = [`${application}-counts`, `${application}-joined`];
    return {
      ...{ name, folder: ROOT, outputs: [counts, joined], timed: joined },
      parameters: {
        ...{ application, input: INPUT, table: TABLE, counts, joined },
        commitMs: String(COMMIT_MS),
      },
    };
  };
  const [own, other] = [programOf('ours', 'ours'), programOf('Kafka Streams', 'peer')];
  const program = join(ROOT, 'bench', 'streams', 'stream-program.ts');
  const ours = {
    ...{ ...own, command: [process.execPath, program] as const },
    parameters: { ...own.parameters, topology: 'count-and-join', guarantee: 'exactly-once' },
  };
  const theirs = {
    ...{ ...other, command: buildKafkaStreams(results.folderOf('classes')) },
    parameters: {
      ...{ ...other.parameters, guarantee: 'exactly_once_v2', cacheBytes: '0', threads: '1' },
      stateDirectory: results.folderOf('state'),
    },
  };
  const { text, figures } = await benchProcessors({
    ...{ kafka, rounds, ours, theirs, tables: [TABLE] },
    ...{ outputsARecord: OUTPUTS_A_RECORD, burstRecords: BURST_RECORDS },
    measures: processorMeasures({ atLeast: 1 }, { atMost: 1 }),
  });
  const heading = `count in windows and join, exactly once, commit every ${COMMIT_MS} ms`;
  return { text: `${heading}, ${text}`, figures };
};
