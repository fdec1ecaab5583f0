/** What a kafkajs client keeps of topics, mended: one that is gone, or led by another by now. */

import type { Kafka } from 'kafkajs';
import { OutriderError } from '../../error.ts';
import { nowMs, waitMs } from '../wait.ts';

/*
  A client asks for the leaders of all topics that it has ever used in one request, and takes the
  refusal of one of them for its answer. A leader that has moved, or does not know yet that it is
  one, it asks for offsets once. Its account of them is in its cluster:

    producer, consumer or admin ─▶ cluster ─▶ targetTopics {a, b, gone}
                                      ├ refreshMetadata: a request for all of them
                                      └ fetchTopicsOffset: a request to each leader
*/
type Cluster = {
  targetTopics: Set<string>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  addMultipleTargetTopics(topics: string[]): Promise<void>;
  fetchTopicsOffset(topics: object[]): Promise<object[]>;
  metadata(of: { topics: string[] }): Promise<{ topicMetadata: { topic: string }[] }>;
};

type CreateCluster = (options: object) => Cluster;

const CREATE_CLUSTER = 'private:Kafka:createCluster';
const UNKNOWN_TOPIC = 'UNKNOWN_TOPIC_OR_PARTITION';
/** Right after the making of a topic a node may not know it yet. */
const GONE_MS = 3_000;
const LED_MS = 10_000;
const LED_TRY_MS = 50;

/** Clients that it makes from here on leave out topics that are gone, and follow their leaders. */
export function mendTopicMemory(kafka: Kafka): void {
  const own = kafka as unknown as Record<symbol, CreateCluster>;
  const name = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === CREATE_CLUSTER,
  );
  if (name === undefined) {
    throw new OutriderError('bad-config', 'kafkajs is not version 2.2.4; install that');
  }
  const create = own[name]!;
  own[name] = options => mended(create(options));
}

/** When a topic was first and last found to be missing, in one row of tries. */
type Missing = { readonly sinceMs: number; readonly lastMs: number };

function mended(cluster: Cluster): Cluster {
  const missing = new Map<string, Missing>();
  let refusal: unknown;
  const { refreshMetadata, refreshMetadataIfNecessary, addMultipleTargetTopics } = cluster;
  const leavingOut = (refresh: () => Promise<void>) => async () => {
    try {
      await refresh.call(cluster);
    } catch (error) {
      refusal = error;
      if ((error as { type?: string }).type !== UNKNOWN_TOPIC) throw error;
      if (!(await leaveOut(cluster, missing))) throw error;
      await refresh.call(cluster);
    }
  };
  cluster.refreshMetadata = leavingOut(refreshMetadata);
  cluster.refreshMetadataIfNecessary = leavingOut(refreshMetadataIfNecessary);
  cluster.addMultipleTargetTopics = async topics => {
    await addMultipleTargetTopics.call(cluster, topics);
    for (const topic of topics) {
      const row = missing.get(topic);
      if (cluster.targetTopics.has(topic) || row === undefined) missing.delete(topic);
      else throw row.lastMs - row.sinceMs > GONE_MS ? gone(topic) : refusal;
    }
  };
  const { fetchTopicsOffset } = cluster;
  cluster.fetchTopicsOffset = async topics => {
    for (const untilMs = nowMs() + LED_MS; ; await waitMs(LED_TRY_MS)) {
      try {
        return await fetchTopicsOffset.call(cluster, topics);
      } catch (error) {
        const { retriable, type } = error as { retriable?: boolean; type?: string };
        if (retriable !== true || type === UNKNOWN_TOPIC || nowMs() > untilMs) throw error;
        await cluster.refreshMetadata();
      }
    }
  };
  return cluster;
}

/** True where there was one to leave out. */
async function leaveOut(cluster: Cluster, missing: Map<string, Missing>): Promise<boolean> {
  const { topicMetadata } = await cluster.metadata({ topics: [] });
  const existing = new Set(topicMetadata.map(({ topic }) => topic));
  const absent = [...cluster.targetTopics].filter(topic => !existing.has(topic));
  const lastMs = nowMs();
  for (const topic of absent) {
    cluster.targetTopics.delete(topic);
    const row = missing.get(topic);
    const isOfRow = row !== undefined && lastMs - row.lastMs < GONE_MS;
    missing.set(topic, { sinceMs: isOfRow ? row.sinceMs : lastMs, lastMs });
  }
  return absent.length > 0;
}

/** Not to be tried again: the client would for half a minute. */
function gone(topic: string): OutriderError {
  const message = `${topic}: no such topic; create it first`;
  return Object.assign(new OutriderError('bad-config', message), { retriable: false });
}
