/** A gateway's topic as a whole: each record of the log once, in order, and no fenced writer's. */
import { decodeTopicMessage, type TopicMessage } from '#gateway';
import { readTopic } from './runner/brokers/read-topic.ts';

/** All that is committed there, by a client that shares no code with the product. */
export async function readLogTopic(
  addresses: readonly string[],
  topic: string,
): Promise<TopicMessage[]> {
  const records = await readTopic({ addresses, topic });
  return records.map(({ value }) => decodeTopicMessage(value));
}

/** `log`: payloads of the longest log of a node. One line for each thing that must not be. */
export function judgeLogTopic(
  messages: readonly TopicMessage[],
  log: readonly Uint8Array[],
): string[] {
  const problems: string[] = [];
  let epoch = 0;
  let next = 0;
  for (const message of messages) {
    if (message.epoch < epoch) {
      problems.push(`${message.kind} of epoch ${message.epoch} stands behind epoch ${epoch}`);
    }
    epoch = Math.max(epoch, message.epoch);
    if (message.kind !== 'record') continue;
    const { offset, payload } = message;
    if (offset !== next) problems.push(`record ${offset} stands where ${next} is next`);
    else if (Buffer.compare(payload, log[offset] ?? new Uint8Array()) !== 0) {
      problems.push(`record ${offset} is another one in the log`);
    }
    next = offset + 1;
  }
  // A node that was stopped in order has written all of it.
  if (next !== log.length) problems.push(`${next} records stand there, ${log.length} in the log`);
  return problems;
}
