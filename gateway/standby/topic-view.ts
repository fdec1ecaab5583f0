/** What a node knows of its gateway's topic: who holds it, since when, and how far the log goes. */
import type { Nanoseconds } from '#engine';
import type { TopicMessage } from './topic-messages.ts';

export type TopicView = {
  /** The newest that was begun there; 0 before the first. */
  epoch: number;
  /** The process that began it, '' for nobody. */
  holder: string;
  holderNode: string;
  /** When another process was read last that may hold a lease; undefined where none does. */
  heardNs: Nanoseconds | undefined;
  /** Of the next record there, as far as was read. */
  nextOffset: number;
};

/** Of one who has read nothing: epochs are counted in the topic, whatever a log may say. */
export const createTopicView = (): TopicView => ({
  ...{ epoch: 0, holder: '', holderNode: '', heardNs: undefined, nextOffset: 0 },
});

/** False for a message of an epoch that was over when it came: it is void. */
export function viewMessage(
  view: TopicView,
  message: TopicMessage,
  { instance, nowNs }: { instance: string; nowNs: Nanoseconds },
): boolean {
  if (message.kind === 'acquire' && message.instance !== view.holder) {
    view.epoch = Math.max(view.epoch + 1, message.epoch);
    view.holder = message.instance;
    view.holderNode = message.node;
  } else if (message.epoch < view.epoch) return false;
  view.epoch = Math.max(view.epoch, message.epoch);
  if (message.kind === 'renew') {
    view.holder = message.instance;
    view.holderNode = message.node;
  }
  const next = message.kind === 'record' ? message.offset + 1 : nextOf(message);
  view.nextOffset = Math.max(view.nextOffset, next);
  if (message.kind === 'end') view.heardNs = undefined;
  else if (view.holder !== instance) view.heardNs = nowNs;
  return true;
}

/** Of outputs: that record was there before. */
const nextOf = (message: Exclude<TopicMessage, { kind: 'record' }>) =>
  message.kind === 'outputs' ? message.offset + 1 : message.nextOffset;
