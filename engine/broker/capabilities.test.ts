/** The table of docs/brokers.md: without this test it would say what a broker once could. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openEmbedded } from './embedded/open.ts';
import { KAFKAJS } from './kafkajs/connect.ts';
import { PLATFORMATIC } from './platformatic/connect.ts';
import type { BrokerCapabilities } from './port.ts';

const DOCUMENT = join(import.meta.dirname, '..', '..', 'docs', 'brokers.md');
const NAMES = ['embedded', 'platformatic', 'kafkajs'] as const;

it('says of every broker what its capabilities say, and of every capability', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'outrider-broker-'));
  const embedded = await openEmbedded({ directory });
  await embedded.close();
  rmSync(directory, { recursive: true });
  const all = [embedded.capabilities, PLATFORMATIC, KAFKAJS];
  expect(all.map(({ name }) => name)).toEqual(NAMES);
  const rows = Object.keys(embedded.capabilities).filter(field => field !== 'name');
  const expected = rows.map(field => `| \`${field}\` | ${all.map(cellOf(field)).join(' | ')} |`);
  const table = readFileSync(DOCUMENT, 'utf8')
    .split('\n')
    .filter(line => /^\| `[a-zA-Z]+` \| (yes|no|none)/.test(line));
  expect(table.toSorted()).toEqual(expected.toSorted());
});

const cellOf = (field: string) => (capabilities: BrokerCapabilities) => {
  const value = capabilities[field as keyof BrokerCapabilities];
  if (Array.isArray(value)) return value.join(', ');
  return value === true ? 'yes' : 'no';
};
