/** A topic of one partition as a gateway's node writes it: one writer at a time, the youngest. */
import type { OutriderError } from '#engine';
import type { TopicMessage } from './topic-messages.ts';

export type TopicWriter = {
  /** In order. `onDone` once every replica in sync has it, and every node can read it. */
  write(message: TopicMessage, onDone: () => void): void;
  /** What is under way may still be written; nobody is told. */
  close(): void;
};

export type TopicWriterEvents = {
  onOpened(writer: TopicWriter): void;
  /**
   * It writes nothing more, or was never opened; whether the last messages stand is not known.
   * `fenced`: a younger one has written.
   */
  onLost(error: OutriderError): void;
};

/** Opens a writer: those before it are refused once it has written. */
export type OpenTopicWriter = (events: TopicWriterEvents) => void;
