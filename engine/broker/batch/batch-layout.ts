/** Where the fields of a batch of records stand: Kafka's message format 2, big endian. */

/*
  0          8        12       16    17       21           23           27
  +----------+--------+--------+-----+--------+------------+------------+--------
  | first    | length | leader | 2   | crc32c | attributes | last delta | first
  | offset   | of the | epoch  |     |        |            | of offset  | time
  | i64      | rest   | i32    | i8  | u32    | i16        | i32        | i64
  +----------+--------+--------+-----+--------+------------+------------+--------
                                              the checksum covers all from here on
  35         43          51          53         57      61
  +----------+-----------+-----------+----------+-------+------------------+
  | last     | producer  | producer  | first    | count | records, packed  |
  | time i64 | id i64    | epoch i16 | seq. i32 | i32   | together or not  |
  +----------+-----------+-----------+----------+-------+------------------+

  record: length, 0, delta of time, delta of offset, key, value, count of headers, name and value
  of each; lengths and deltas are zigzag varints, -1 the length of null.
*/
export const BATCH = {
  firstOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  checksum: 17,
  attributes: 21,
  lastDelta: 23,
  firstTime: 27,
  lastTime: 35,
  producerId: 43,
  producerEpoch: 51,
  firstSequence: 53,
  count: 57,
  records: 61,
} as const;

/** What `length` does not count. */
export const BATCH_PREFIX_BYTES = BATCH.leaderEpoch;
export const MAGIC = 2;

export const ATTRIBUTE = {
  compression: 0b111,
  /** All records have the batch's last time: the broker's own. */
  brokerTime: 0b1000,
  transactional: 0b1_0000,
  control: 0b10_0000,
} as const;
