/** The Kafka that test files of a run share: each gives its topics and groups names of its own. */
import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { OutriderError } from '../../error.ts';
import { DOOR_VARIABLE, type SharedKafkaAnswer } from './shared-kafka-setup.ts';

/** `host:port` of its node. The first call of a run starts it; throws `network` where it fails. */
export async function sharedKafka(): Promise<readonly string[]> {
  const door = createConnection({ host: '127.0.0.1', port: Number(process.env[DOOR_VARIABLE]) });
  const { addresses, error } = JSON.parse(await text(door)) as SharedKafkaAnswer;
  if (addresses === undefined) throw new OutriderError('network', `shared Kafka: ${error}`);
  return addresses;
}
