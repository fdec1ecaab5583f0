/** One Kafka for all test files of a run that need no settings of their own: begun on demand. */
import { createServer, type Socket } from 'node:net';
import { type KafkaCluster, startKafka } from './start-kafka.ts';

/** Names the port on the loopback at which whoever connects is told where Kafka is. */
export const DOOR_VARIABLE = 'OUTRIDER_SHARED_KAFKA_PORT';

/** What is said to whoever connects: one of the two, as JSON. */
export type SharedKafkaAnswer = { readonly addresses?: readonly string[]; readonly error?: string };

/** Many files at once keep their topics in it. */
const HEAP_MB = 256;

/** Vitest calls it before the first file, and what it returns after the last. */
export async function setup(): Promise<() => Promise<void>> {
  let starting: Promise<KafkaCluster> | undefined;
  const answer = async (): Promise<SharedKafkaAnswer> => {
    starting ??= startKafka({ heapMb: HEAP_MB });
    try {
      return { addresses: (await starting).addresses };
    } catch (error) {
      return { error: (error as Error).message };
    }
  };
  const door = createServer((socket: Socket) => {
    socket.on('error', () => {});
    void answer().then(said => socket.end(JSON.stringify(said)));
  });
  await new Promise<void>(resolve => door.listen(0, '127.0.0.1', resolve));
  door.unref();
  const found = door.address();
  if (found === null || typeof found === 'string') throw new Error('the door has no port');
  // Test files run in processes that are begun after this one has it.
  process.env[DOOR_VARIABLE] = String(found.port);
  return async () => {
    door.close();
    await (await starting?.catch(() => undefined))?.stop();
  };
}
