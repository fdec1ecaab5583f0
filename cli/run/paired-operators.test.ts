/** Operators of a pair: a kill that a takeover forgets would let a dead desk trade. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { operatedDesk, outrider } from './operated-desk.ts';
import { checkReceived } from './remote-fix-checker.ts';
import { examineAll } from './snapshot-replay.ts';
import {
  at,
  type NodeName,
  openPair,
  type PairWorld,
  PAIR_WAIT as WAIT,
} from './testing/pair-world.ts';

const TEST_MS = 600_000;
const SIMA = 0;
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function openDesk(further: readonly string[] = []) {
  let desk: Awaited<ReturnType<typeof operatedDesk>> | undefined;
  const world = await openPair({
    async parameters(directory) {
      desk = await operatedDesk({ directory });
      return ['--desk', desk.file, ...further];
    },
  });
  opened.push(world);
  await world.inSync();
  const ask = (command: string, operator: string, name: NodeName) =>
    outrider(command, ...desk!.as(operator, world.folders[name]));
  const show = (name: NodeName) => outrider('limits', 'show', '--out', world.folders[name]);
  return { world, desk: desk!, ask, show };
}

const countOf = (world: PairWorld, type: string) =>
  checkReceived(world.received()).messages.filter(message => message.get(35) === type).length;

/** Wishes for more than is held, far from the market, until such an order is at the venue. */
async function resting({ trader, ...world }: PairWorld): Promise<void> {
  const before = world.orderCount();
  await vi.waitFor(() => {
    const lots = trader.positions[SIMA]! + 3;
    trader.wish(SIMA, { lots, style: 'join', offset: -20 });
    expect(world.orderCount()).toBeGreaterThan(before);
  }, WAIT);
}

const evidenceIn = (world: PairWorld, name: NodeName) =>
  readFileSync(join(world.folders[name], 'risk.jsonl'), 'utf8')
    .split('\n')
    .filter(line => line.includes('"kind":"operator"'))
    .map(line => JSON.parse(line).status);

it(
  'a kill at the primary holds at the node that takes over, until two operators arm that',
  async () => {
    const { world, ask, show } = await openDesk(['--snapshot-records', '4']);
    await resting(world);
    const standby = await ask('kill', 'ada', 'B');
    expect(standby).toMatchObject({ exit: 1 });
    expect(standby.text).toMatch(
      /^refused: B is the standby of A at 127\.0\.0\.1:\d+, which trades/,
    );

    expect(await ask('kill', 'ada', 'A')).toEqual({
      ...{ exit: 0, text: 'applied: firm was active, is halted' },
    });
    // It was answered once the standby had it, which steps it next.
    const halted = async () =>
      expect((await show('B')).text).toContain('firm: halted by kill-switch');
    await vi.waitFor(halted, WAIT);
    await vi.waitFor(() => expect(countOf(world, 'F')).toBeGreaterThan(0), WAIT);
    const orders = world.orderCount();
    process.kill((await world.status('A')).pid, 'SIGKILL');
    await world.trades('B', 2);
    await vi.waitFor(() => expect(world.trader.link.state).toBe('up'), WAIT);
    for (let count = 0; count < 10; count++) {
      world.trader.wish(SIMA, { lots: 3 + count, style: 'cross' });
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    expect(world.orderCount()).toBe(orders);

    expect(await ask('arm', 'ada', 'B')).toMatchObject({ exit: 3 });
    expect(await ask('arm', 'bea', 'B')).toMatchObject({ exit: 0 });
    await resting(world);
    expect(evidenceIn(world, 'A')).toEqual(['applied']);
    expect(evidenceIn(world, 'B')).toEqual(['applied', 'waiting', 'applied']);

    const again = await world.startNode('A');
    await world.inSync();
    expect(again.stderr).toMatch(/goes on from the snapshot at record \d+/);
    const [a, b] = (['A', 'B'] as const).map(name =>
      examineAll(join(world.folders[name], 'gateway.log')).map(each => 'snapshot' in each),
    );
    expect([...a!, ...b!].every(Boolean) && a!.length > 0 && b!.length > 0).toBe(true);
  },
  TEST_MS,
);

it(
  'a command that no standby has is applied and its answer says so; a promotion is signed',
  async () => {
    const { world, desk, ask } = await openDesk();
    process.kill((await world.status('B')).pid, 'SIGKILL');
    await vi.waitFor(() => expect(world.first.stderr).toContain('venues are closed'), WAIT);
    const { exit, text } = await ask('kill', 'ada', 'A');
    expect(exit).toBe(0);
    expect(text).toContain('firm was active, is halted; no standby has it');

    const promote = ['promote', '--at', at(world.peers.A), '--operator', 'bea'] as const;
    const unsigned = await outrider(...promote);
    expect(unsigned).toEqual({ exit: 1, text: expect.stringContaining('unsigned by bea') });
    const forged = await outrider(...promote, '--key', desk.keyOf('ada'));
    expect(forged.text).toContain('the signature is not that of bea');
    expect(await world.status('A')).toMatchObject({ pairing: 'unpaired' });
    const signed = await outrider(...promote, '--key', desk.keyOf('bea'));
    expect(signed).toEqual({ exit: 0, text: expect.stringContaining('"pairing":"alone"') });

    await world.startNode('B');
    await world.inSync();
    expect(await ask('kill', 'ada', 'A')).toMatchObject({ exit: 0 });
    expect(evidenceIn(world, 'A')).toEqual(['applied', 'applied', 'applied']);
    // It has kept what it acknowledged, and steps it next.
    await vi.waitFor(() => expect(evidenceIn(world, 'B')).toEqual(evidenceIn(world, 'A')), WAIT);
  },
  TEST_MS,
);
