/** The Kafka cluster that an option names. */
import { OutriderError } from '#engine';
import { type Broker, connectPlatformatic } from '#engine/broker';
import { parseAddress } from '../commands/address.ts';
import { readBrokerSecurity } from './broker-security-file.ts';

const ADDRESSES_MAX = 64;

/**
 * `security`: path of a file as docs/operations.md has it. Throws `bad-usage` for what is no list
 * of addresses, `bad-config` where they refuse us, `network` where no node answers.
 */
export async function openBroker(option: unknown, security?: unknown): Promise<Broker> {
  const addresses = typeof option === 'string' ? option.split(',') : [];
  if (addresses.length === 0 || addresses.length > ADDRESSES_MAX) {
    const message = `brokers: ${addresses.length} given; give HOST:PORT,... of some nodes`;
    throw new OutriderError('bad-usage', message);
  }
  for (const address of addresses) parseAddress('brokers', address);
  const secure = typeof security === 'string' ? await readBrokerSecurity(security) : {};
  return await connectPlatformatic({ addresses, ...secure });
}
