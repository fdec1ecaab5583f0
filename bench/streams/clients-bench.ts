/** Kafka clients side by side: our port beside the raw client, and the port on either client. */

import { connectKafkajs, connectPlatformatic } from '#engine/broker';
import { type ClientFigures, measureClients } from './client-rounds.ts';
import type { ClientSide } from './client-side.ts';
import { CLIENT_MEASURES } from './measures.ts';
import { openPortClient } from './port-client.ts';
import { openRawClient } from './raw-client.ts';
import { compareAll, type Measure } from './side-comparison.ts';
import type { StreamsBench } from './streams-bench.ts';

/** What the port costs over the client that it is built on. */
export const benchRaw: StreamsBench = async given => {
  const { address } = given.kafka;
  const theirs = await openRawClient(address);
  const broker = await connectPlatformatic({ addresses: [address], clientId: 'port' });
  const ours = await openPortClient('our port', broker);
  const about = { heading: 'client and port', measures: CLIENT_MEASURES };
  return benchClients(given, { ...about, sides: [ours, theirs] });
};

/** Which client is the default is decided by these figures: nothing is asked of them. */
export const benchChoice: StreamsBench = async given => {
  const options = { addresses: [given.kafka.address], clientId: 'port' };
  const ours = await openPortClient('platformatic', await connectPlatformatic(options));
  const theirs = await openPortClient('kafkajs', await connectKafkajs(options));
  const measures = CLIENT_MEASURES.map(({ name, read, text }) => ({ name, read, text }));
  return benchClients(given, {
    heading: 'our port on two clients',
    measures,
    sides: [ours, theirs],
  });
};

type Clients = {
  readonly heading: string;
  readonly measures: readonly Measure<ClientFigures>[];
  readonly sides: readonly [ours: ClientSide, theirs: ClientSide];
};

async function benchClients(
  { kafka, rounds }: Parameters<StreamsBench>[0],
  { heading, measures, sides }: Clients,
): ReturnType<StreamsBench> {
  const [ours, theirs] = sides;
  try {
    const measured = await measureClients({ kafka, sides, rounds });
    const names = { ours: ours.name, theirs: theirs.name };
    const { comparisons, table } = compareAll(measured, names, measures);
    const text = `${heading}, records of 100 bytes, one partition, ${rounds} rounds:\n${table}`;
    return { text, figures: { comparisons, rounds: measured } };
  } finally {
    for (const side of sides) await side.close();
  }
}
