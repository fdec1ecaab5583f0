/** Our port of brokers beside the raw client it is built on. */

import { connectPlatformatic } from '#engine/broker';
import { textTable } from '../table.ts';
import { measureClients } from './client-rounds.ts';
import { CLIENT_MEASURES } from './measures.ts';
import { openPortClient } from './port-client.ts';
import { openRawClient } from './raw-client.ts';
import { compareSides, comparisonRows } from './side-comparison.ts';
import type { StreamsBench } from './streams-bench.ts';

export const benchClients: StreamsBench = async ({ kafka, rounds }) => {
  const theirs = await openRawClient(kafka.address);
  const broker = await connectPlatformatic({ addresses: [kafka.address], clientId: 'port' });
  const ours = await openPortClient('our port', broker);
  try {
    const measured = await measureClients({ kafka, sides: [ours, theirs], rounds });
    const names = { ours: ours.name, theirs: theirs.name };
    const comparisons = CLIENT_MEASURES.map(each => compareSides(measured, names, each));
    const rows = comparisonRows(comparisons, names, CLIENT_MEASURES);
    const text = [
      `client and port, records of 100 bytes, one partition, ${rounds} rounds:`,
      textTable(rows),
    ].join('\n');
    return { text, figures: { comparisons, rounds: measured } };
  } finally {
    await ours.close();
    await theirs.close();
  }
};
