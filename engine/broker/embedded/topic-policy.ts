/** What Kafka's settings of a topic say to the embedded broker. */

type TopicConfig = Readonly<Record<string, string>>;

/** Whether a sweep may drop records of the topic. */
export function isSwept(config: TopicConfig): boolean {
  return isCompacted(config) || retentionMs(config) !== undefined;
}

export function isCompacted(config: TopicConfig): boolean {
  return config['cleanup.policy']?.includes('compact') ?? false;
}

/** How long records are kept; undefined: for ever. */
export function retentionMs(config: TopicConfig): number | undefined {
  const given = Number(config['retention.ms'] ?? -1);
  const isDeleting = (config['cleanup.policy'] ?? 'delete').includes('delete');
  return isDeleting && given >= 0 ? given : undefined;
}
