/** The shipped scenarios with brokers, short: one after another, for each starts Kafka. */
import { describe, it } from 'vitest';
import { kafkaClassPath } from '#engine/testing/kafka';
import { playShort } from './play-short.ts';

const TEST_MS = 600_000;
const found = kafkaClassPath();
const needs = 'missing' in found ? found.missing : 'java 17 and mvn';

const SHIPPED: [name: string, invariants: number][] = [
  ['broker-loss', 9],
  ['rebalance-storm', 3],
  ['hot-key', 5],
  ['late-data', 3],
  ['edge-loss', 3],
  // Its broker's clock is moved by a library that cargo builds.
  ...(process.env.OUTRIDER_NO_CARGO ? [] : [['clock-skew', 9] as [string, number]]),
];

describe.skipIf('missing' in found)(`by way of Kafka (needs ${needs})`, () => {
  it.each(SHIPPED)('%s breaks no invariant', playShort, TEST_MS);
});
