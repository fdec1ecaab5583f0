/** The request Produce, version 9: batches that are encoded already, one a partition. */

import { type Connection, produceV9, ResponseError, Writer } from '@platformatic/kafka';
import { OutriderError } from '../../error.ts';
import type { TopicPartition } from '../record.ts';
import { answerIn, type Node, unreachable } from './links.ts';

export type ProducePartition = TopicPartition & { readonly bytes: Buffer };

export type ProduceRequest = {
  readonly transactionalId: string | undefined;
  readonly partitions: readonly ProducePartition[];
};

/** Error codes by topic and partition. */
export type Produced = {
  readonly responses: readonly {
    readonly name: string;
    readonly partitionResponses: readonly {
      readonly index: number;
      readonly errorCode: number;
      readonly errorMessage: string | null | undefined;
    }[];
  }[];
};

const PRODUCE = { key: 0, version: 9 } as const;
const ALL_IN_SYNC = -1;
/** How long the leader waits for its followers. */
const FOLLOWERS_MS = 8_000;

/** Answers with the codes of the partitions; throws `network` where there is no answer. */
export function produce(
  connection: Connection,
  node: Node,
  request: ProduceRequest,
): Promise<Produced> {
  return new Promise((resolve, reject) => {
    const { key, version } = PRODUCE;
    const { parseResponse: parse } = produceV9;
    const payload = requestOf(request);
    connection.send(
      key,
      version,
      () => payload,
      parse,
      true,
      true,
      (error, answer) => {
        if (error instanceof ResponseError) resolve(answerIn<Produced>(error));
        else if (error) reject(unreachable(node, error));
        else if (answer) resolve(answer);
        else
          reject(new OutriderError('network', `Kafka node ${node.host}:${node.port}: no answer`));
      },
    );
  });
}

function requestOf({ transactionalId, partitions }: ProduceRequest): Writer {
  const topics = new Map<string, ProducePartition[]>();
  for (const each of partitions) {
    const its = topics.get(each.topic);
    if (its === undefined) topics.set(each.topic, [each]);
    else its.push(each);
  }
  return Writer.create()
    .appendString(transactionalId)
    .appendInt16(ALL_IN_SYNC)
    .appendInt32(FOLLOWERS_MS)
    .appendArray([...topics], (topicWriter, [topic, its]) => {
      topicWriter.appendString(topic).appendArray(its, (writer, { partition, bytes }) => {
        writer
          .appendInt32(partition)
          .appendUnsignedVarInt(bytes.length + 1)
          .append(bytes);
      });
    })
    .appendTaggedFields();
}
