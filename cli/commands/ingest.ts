/** `outrider ingest`: publishes an exchange's public feed to the topics of the pipeline. */
import { OutriderError } from '#engine';
import { namesExchange } from '#market';
import type { ConfigName } from '../config.ts';
import { durationNs } from '../run/duration.ts';
import { openExchange } from '../run/exchange-feed.ts';
import { ingestFeed } from '../run/ingest-feed.ts';
import { openBroker } from '../run/open-broker.ts';
import { openOperations } from '../run/operations-door.ts';
import { OPERATIONS_KINDS, OPERATIONS_LINES, readOperations } from '../run/operations-options.ts';
import { ingestMetrics } from '../run/process-metrics.ts';
import { PREFIX } from '../run/topics.ts';
import { type Command, parseOptions } from './command.ts';
import { configKinds, configOf } from './config-options.ts';
import { configOptionLines } from './help.ts';
import { untilOver } from './until-stopped.ts';

const OPTIONS: readonly ConfigName[] = ['feedUrl', 'feedInstrument', 'duration'];

export const ingestCommand: Command = {
  name: 'ingest',
  summary: 'an exchange’s feed to topics: outrider ingest --feed EXCHANGE:SYMBOL --brokers H:P,...',
  help: () =>
    [
      'usage: outrider ingest --feed EXCHANGE:SYMBOL,... --brokers HOST:PORT,... [options]',
      '',
      '  --feed EXCHANGE:SYMBOL,...   the public feed of an exchange, docs/feeds.md',
      '  --brokers HOST:PORT,...      some nodes of the Kafka cluster',
      '  --brokers-security FILE      JSON: TLS and SASL, docs/operations.md [plain text]',
      `  --topic-prefix NAME          before each topic’s name, with a dot [${PREFIX}]`,
      ...configOptionLines(OPTIONS),
      ...OPERATIONS_LINES,
      '',
      'Each tick is a record of 64 bytes, its key the symbol. Begins with a gap of every',
      'instrument; ends after --duration, or when it is stopped, once the brokers have what was',
      'received; prints {"published":N}. `outrider topics create` makes the topics.',
    ].join('\n'),
  async run(given) {
    const texts = { brokers: 'text', brokersSecurity: 'text', topicPrefix: 'text' } as const;
    const own = { ...texts, ...OPERATIONS_KINDS, feed: 'text' } as const;
    const parsed = parseOptions(given, { ...own, ...configKinds(OPTIONS) }).values;
    const { brokers, brokersSecurity, topicPrefix, operations, logLevel, ...values } = parsed;
    const config = configOf(values);
    if (config.feed === undefined || !namesExchange(config.feed)) {
      const problem = `feed: ${config.feed ?? 'missing'}`;
      throw new OutriderError('bad-usage', `${problem}; give --feed EXCHANGE:SYMBOL`);
    }
    const door = await openOperations('ingest', readOperations({ operations, logLevel }));
    const broker = await openBroker(brokers, brokersSecurity);
    try {
      const source = await openExchange(config);
      const prefix = String(topicPrefix ?? PREFIX);
      const ingest = await ingestFeed({ source, broker, prefix, onProblem: door.problem });
      if (door.metrics !== undefined) ingestMetrics(door.metrics, ingest);
      const endNs = config.duration === undefined ? undefined : durationNs(config.duration);
      try {
        await Promise.race([untilOver(endNs), ingest.failed]);
      } finally {
        await door.drain(() => ingest.close());
      }
      console.log(JSON.stringify({ published: ingest.published }));
      return 0;
    } finally {
      await broker.close();
    }
  },
};
