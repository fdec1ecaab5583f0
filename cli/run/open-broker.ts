/** The Kafka cluster that an option names. */
import { OutriderError } from '#engine';
import { type Broker, connectPlatformatic } from '#engine/broker';
import { parseAddress } from '../commands/address.ts';

const ADDRESSES_MAX = 64;

/** Throws `bad-usage` for what is no list of addresses, `network` where no node answers. */
export async function openBroker(option: unknown): Promise<Broker> {
  const addresses = typeof option === 'string' ? option.split(',') : [];
  if (addresses.length === 0 || addresses.length > ADDRESSES_MAX) {
    const message = `brokers: ${addresses.length} given; give HOST:PORT,... of some nodes`;
    throw new OutriderError('bad-usage', message);
  }
  for (const address of addresses) parseAddress('brokers', address);
  return await connectPlatformatic({ addresses });
}
