/** `outrider topics`: makes the topics of the pipeline, or says what is wrong with them. */
import { OutriderError } from '#engine';
import { openBroker } from '../run/open-broker.ts';
import {
  PARTITIONS_MAX,
  PREFIX,
  pipelineTopics,
  topicComplaints,
  topicLines,
} from '../run/topics.ts';
import { type Command, parseOptions } from './command.ts';
import { readWholeNumber } from './whole-number.ts';

const REPLICAS_MAX = 15;
const KINDS = {
  ...({ brokers: 'text', brokersSecurity: 'text', topicPrefix: 'text' } as const),
  ...({ partitions: 'text', replicas: 'text' } as const),
};

export const topicsCommand: Command = {
  name: 'topics',
  summary: 'makes or checks the topics of the pipeline: outrider topics create --brokers H:P,...',
  help: () =>
    [
      'usage: outrider topics create --brokers HOST:PORT,... [options]',
      '       outrider topics check --brokers HOST:PORT,... [--topic-prefix NAME]',
      '',
      '  --brokers HOST:PORT,...      some nodes of the Kafka cluster',
      '  --brokers-security FILE      JSON: TLS and SASL, docs/operations.md [plain text]',
      `  --topic-prefix NAME          before each topic’s name, with a dot [${PREFIX}]`,
      `  --partitions N               of topics cut by instrument, 1 to ${PARTITIONS_MAX} [8]`,
      '  --replicas N                 copies of each partition, at most the nodes there are [1]',
      '',
      'create leaves what is there as it is, then checks. check exits with 1 and a line for each',
      'topic that is missing or cut otherwise. The topics:',
      ...topicLines(PREFIX).map(line => `  ${line}`),
    ].join('\n'),
  async run(given) {
    const { values, positionals } = parseOptions(given, KINDS, 1);
    const [action] = positionals;
    if (action !== 'create' && action !== 'check') {
      throw new OutriderError('bad-usage', `topics ${action ?? ''}: give create or check`);
    }
    const prefix = String(values.topicPrefix ?? PREFIX);
    const between = (most: number) => ({ least: 1, most });
    const partitions = readWholeNumber(values, 'partitions', between(PARTITIONS_MAX)) ?? 8;
    const replicas = readWholeNumber(values, 'replicas', between(REPLICAS_MAX)) ?? 1;
    const broker = await openBroker(values.brokers, values.brokersSecurity);
    try {
      if (action === 'create') {
        await broker.admin.createTopics(pipelineTopics({ prefix, partitions, replicas }));
      }
      const complaints = await topicComplaints(broker, prefix);
      for (const complaint of complaints) console.log(complaint);
      return complaints.length === 0 ? 0 : 1;
    } finally {
      await broker.close();
    }
  },
};
