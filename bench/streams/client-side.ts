/** A Kafka client under measurement, in what its user calls: one way each to send and to read. */

export type ClientSide = {
  readonly name: string;
  /** Done once all replicas have them; calls keep their order. */
  send(topic: string, values: readonly Buffer[]): Promise<void>;
  /** One whole transaction, committed once it is done. */
  transact(topic: string, values: readonly Buffer[]): Promise<void>;
  /** Partition 0 from its first record on. */
  read(topic: string, onValue: (value: Uint8Array) => void): Promise<Reading>;
  close(): Promise<void>;
};

export type Reading = {
  /** When it was about to ask for records, so behind the joining of a group. */
  readonly startedNs: number;
  close(): Promise<void>;
};

/** Of every record. */
export const KEY = Buffer.from('key-000000');
