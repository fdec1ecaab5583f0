/** One port on both Kafka clients: which of them is the default is decided by these figures. */

import { connectKafkajs, connectPlatformatic } from '#engine/broker';
import { textTable } from '../table.ts';
import { measureClients } from './client-rounds.ts';
import { CLIENT_MEASURES } from './measures.ts';
import { openPortClient } from './port-client.ts';
import { compareSides, comparisonRows } from './side-comparison.ts';
import type { StreamsBench } from './streams-bench.ts';

const MEASURES = CLIENT_MEASURES.map(({ name, read, text }) => ({ name, read, text }));

export const benchChoice: StreamsBench = async ({ kafka, rounds }) => {
  const given = { addresses: [kafka.address], clientId: 'port' };
  const ours = await openPortClient('platformatic', await connectPlatformatic(given));
  const theirs = await openPortClient('kafkajs', await connectKafkajs(given));
  try {
    const measured = await measureClients({ kafka, sides: [ours, theirs], rounds });
    const names = { ours: ours.name, theirs: theirs.name };
    const comparisons = MEASURES.map(each => compareSides(measured, names, each));
    const rows = comparisonRows(comparisons, names, MEASURES);
    const text = [
      `our port on two clients, records of 100 bytes, one partition, ${rounds} rounds:`,
      textTable(rows),
    ].join('\n');
    return { text, figures: { comparisons, rounds: measured } };
  } finally {
    await ours.close();
    await theirs.close();
  }
};
