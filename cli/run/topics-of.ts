/** The topics of a run with `--brokers`; what speaks with Kafka is loaded for such a run alone. */
import type { RunTopics } from './run-topics.ts';
import type { RunSetting } from './settings.ts';

/** Undefined for a run without `--brokers`; throws as `openRunTopics` does. */
export async function topicsOf(setting: RunSetting): Promise<RunTopics | undefined> {
  if (setting.config.brokers === undefined) return undefined;
  const { openRunTopics } = await import('./run-topics.ts');
  return await openRunTopics(setting, setting.config.brokers);
}
