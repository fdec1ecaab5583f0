/** Twenty thousand mixed records: what the long measurement shows of a million, on each change. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { measureGatewayReplays } from './gateway-replay-bench.ts';

it('gives the same bytes and state from log, snapshot and twins', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'outrider-replays-'));
  try {
    const replays = await measureGatewayReplays(directory, { records: 20_000, seed: 7 });
    expect(replays.isEqual).toBe(true);
    expect(replays.fromSnapshot.records).toBeLessThan(replays.full.records);
    expect(replays.twins.kernels).toBe('twin');
    const { kinds } = replays.written;
    for (const kind of ['signal', 'quote', 'timer', 'inbound', 'command', 'disconnected']) {
      expect(kinds[kind], kind).toBeGreaterThan(10);
    }
    expect(replays.full.messages).toBeGreaterThan(1_000);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
