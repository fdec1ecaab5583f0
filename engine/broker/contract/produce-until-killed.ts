/** The process that is killed: transactions over two partitions and their offsets, for ever. */

import fs from 'node:fs';
import { openBroker } from './opening.ts';
import { record } from './setting.ts';

export const PARTITIONS = 2;

/** Every third is aborted; prints each number once it is committed. */
async function produceUntilKilled(opening: string, topic: string, groupId: string) {
  const broker = await openBroker(JSON.parse(opening));
  await broker.admin.createTopics([
    { topic, partitions: PARTITIONS, replicas: 1, config: { 'retention.ms': '-1' } },
  ]);
  const producer = await broker.producer({ transactionalId: topic });
  const nobody = { groupId, memberId: '', generation: -1 };
  for (let number = 1; ; number++) {
    const transaction = await producer.begin();
    const value = String(number);
    for (let partition = 0; partition < PARTITIONS; partition++) {
      await transaction.send([record(topic, { partition, value })]);
      await transaction.addOffsets(nobody, [{ topic, partition, offset: number }]);
    }
    if (number % 3 === 0) await transaction.abort();
    else {
      await transaction.commit();
      fs.writeSync(1, `${number}\n`);
    }
  }
}

const [script, opening, topic, groupId] = process.argv.slice(1);
if (script === import.meta.filename && opening && topic && groupId) {
  await produceUntilKilled(opening, topic, groupId);
}
