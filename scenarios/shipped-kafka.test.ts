/** The shipped scenarios with brokers, short: one after another, for each starts Kafka. */
import { describe, it } from 'vitest';
import { kafkaNeeds } from '#engine/testing/kafka';
import { playShort } from './play-short.ts';

const TEST_MS = 600_000;
const { needs, isMissing } = kafkaNeeds();

const SHIPPED: [name: string, invariants: number][] = [
  ['broker-loss', 9],
  ['rebalance-storm', 3],
  ['hot-key', 5],
  ['late-data', 3],
  ['edge-loss', 3],
  // Its broker's clock is moved by a library that cargo builds.
  ...(process.env.OUTRIDER_NO_CARGO ? [] : [['clock-skew', 9] as [string, number]]),
];

describe.skipIf(isMissing)(`by way of Kafka (needs ${needs})`, () => {
  it.each(SHIPPED)('%s breaks no invariant', playShort, TEST_MS);
});
