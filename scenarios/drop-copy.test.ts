/** A drop copy that is killed: without this, a restart could lose or double a report. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { MILLISECOND_NS, wallClock, wallTimers } from '#engine';
import {
  connectFix,
  connectSession,
  type FixConnection,
  memoryStore,
  newSession,
  sessionConfig,
} from '#gateway';
import { newRunFolder, runCommand, startServer } from './command.ts';
import { EURUSD, hasData } from './recordings.ts';

const WAIT = { timeout: 30_000, interval: 10 };
const folder = newRunFolder();

beforeAll(async () => {
  if (!hasData) return;
  const run = ['run', '--ticks', EURUSD, '--lockstep', '--duration', '10m', '--out', folder];
  expect(await runCommand(run)).toMatchObject({ status: 0 });
});

describe.skipIf(!hasData)('outrider drop-copy (needs OUTRIDER_DATA)', () => {
  it('gives compliance what the report of the day has, though it is killed meanwhile', async () => {
    const config = `${folder}-drop-copy.json`;
    const store = `${folder}-store`;
    mkdirSync(store);
    const names = { SenderCompID: 'DROPCOPY', TargetCompID: 'COMPLIANCE' };
    writeFileSync(config, JSON.stringify({ listen: 0, ...names, FileStorePath: store }));
    const command = ['drop-copy', '--log', folder, '--config', config];
    const compliance = createCompliance();
    const first = await startServer(command);
    await compliance.connect(first.port, () => {
      if (compliance.numbers.length > 0) first.kill('SIGKILL');
    });
    await first.done;
    expect(compliance.numbers.length).toBeGreaterThan(0);
    const second = await startServer(command);
    await vi.waitFor(() => expect(compliance.isConnected()).toBe(false), WAIT);
    await compliance.connect(second.port, () => {});
    const file = `${folder}-drop-copy.fix`;
    const agreed = async () => {
      writeFileSync(file, compliance.bytes());
      const day = ['report', folder, '--day', '2014-05-02', '--against', file];
      return (await runCommand(day)).stdout;
    };
    await vi.waitFor(async () => expect(await agreed()).toContain(' in both, 0 differences'), WAIT);
    second.kill('SIGTERM');
    expect(await second.done).toMatchObject({ status: 0 });
    expect(compliance.numbers).toEqual(compliance.numbers.map((_, at) => at + 1));
  });
});

/** The counterparty: what it was told, each number of a report, and the bytes it keeps. */
function createCompliance() {
  const originNs = BigInt(Date.now()) * BigInt(MILLISECOND_NS);
  const clock = wallClock(originNs);
  const timers = wallTimers(clock);
  const names = { senderCompId: 'COMPLIANCE', targetCompId: 'DROPCOPY' };
  const config = { role: 'initiator', originNs, delivery: 'whole', ...names } as const;
  const state = newSession(sessionConfig(config), memoryStore());
  const numbers: number[] = [];
  const kept: Buffer[] = [];
  let onTold = () => {};
  const session = connectSession(state, {
    ...{ clock, timers, onDisconnect() {} },
    onNotice(notice) {
      if (notice.kind !== 'deliver-whole') return;
      const { bytes } = notice.view;
      numbers.push(Number(bytes.toString('latin1').split('\u0001630=')[1]!.split('\u0001')[0]));
      kept.push(Buffer.from(bytes));
      onTold();
    },
  });
  return {
    numbers,
    bytes: () => Buffer.concat(kept),
    isConnected: () => state.status !== 'disconnected',
    async connect(port: number, told: () => void): Promise<void> {
      onTold = told;
      let handler: ReturnType<typeof session.opened> | undefined;
      const onBytes = (bytes: Uint8Array) => handler?.onBytes(bytes);
      const onClose = () => handler?.onClose();
      const connection: FixConnection = await connectFix(
        { port },
        { onBytes, onClose },
        { clock, timers },
      );
      handler = session.opened(connection);
    },
  };
}
