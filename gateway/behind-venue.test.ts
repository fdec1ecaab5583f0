/** A log that has lost its end: without these tests, a gateway could send orders it sent before. */
import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { createGatewayEffects } from './effects.ts';
import { createReplay } from './gateway.ts';
import type { OperatorAction } from './operator/operator-command.ts';
import { publicKeyText, signCommand } from './operator/signed-command.ts';
import { CONFIG, type PaperWorld, paperWorld, replayedBytes } from './paper-world.ts';

const typesOf = (sent: readonly Buffer[]) =>
  sent.map(bytes => bytes.toString('latin1').split('\u000135=')[1]![0]);

const newKey = () => generateKeyPairSync('ed25519').privateKey;
const keys = { ada: newKey(), bea: newKey() };
const operated = {
  ...CONFIG,
  operators: (['ada', 'bea'] as const).map(name => ({
    ...{ name, publicKey: publicKeyText(keys[name]) },
  })),
};

/** An order has been traded, and the log then lost all but its first record. */
function behind(config = CONFIG): PaperWorld {
  const world = paperWorld(config);
  world.connect();
  world.wait(SECOND_NS);
  world.quote(0, 100_000, 100_010);
  world.signal({});
  world.wait(SECOND_NS);
  expect(typesOf(world.sent)).toEqual(['A', 'D']);
  world.log.length = 1;
  world.restart();
  world.sent.length = 0;
  return world;
}

/** Connects again and again, as a host would, and wants an order all the while. */
function insist(world: PaperWorld, times: number): void {
  for (let time = 0; time < times; time++) {
    world.connect();
    world.wait(SECOND_NS);
    world.signal({ desiredLots: 3 });
    world.wait(SECOND_NS);
    world.cut();
  }
}

it('sends one Logon, learns that the venue is ahead, and nothing more however long', () => {
  const world = behind();
  insist(world, 100);
  expect(typesOf(world.sent)).toEqual(['A']);
  expect(world.gateway.state.venues[0]!.logOnFromNs).toBe(Number.POSITIVE_INFINITY);
});

it('stays halted after a restart, and tries again when it is armed', () => {
  const world = behind();
  insist(world, 2);
  world.restart();
  insist(world, 2);
  expect(typesOf(world.sent)).toEqual(['A']);
  world.gateway.command('arm');
  world.connect();
  world.wait(SECOND_NS);
  expect(typesOf(world.sent).slice(0, 2)).toEqual(['A', 'A']);
});

type Sequence = Extract<OperatorAction, { kind: 'sequence' }>;

/** Both operators ask for the numbers. */
function agree(world: PaperWorld, numbers: Omit<Sequence, 'kind' | 'venue'>): void {
  const action = { kind: 'sequence', venue: 'venue', ...numbers } as const;
  for (const operator of ['ada', 'bea'] as const) {
    world.wait(SECOND_NS);
    const unixMs = Number(CONFIG.originNs / 1_000_000n) + world.time.nowNs() / 1e6;
    const command = { operator, gateway: 'GATEWAY', unixMs, action };
    world.gateway.operate(signCommand(command, keys[operator]));
  }
}

const fieldOf = (bytes: Buffer, tag: number) =>
  new RegExp(`\u0001${tag}=([^\u0001]*)`).exec(bytes.toString('latin1'))?.[1];

function trades(world: PaperWorld): void {
  world.connect();
  world.wait(SECOND_NS);
  world.signal({ desiredLots: 3 });
  world.wait(SECOND_NS);
}

it.each([
  ['reset', { reset: true }, '1'],
  ['set', { reset: false, nextOutgoing: 3, nextIncoming: 5 }, '3'],
] as const)('trades again once two operators agreed on a %s', (_, numbers, logonNumber) => {
  const world = behind(operated);
  insist(world, 2);
  agree(world, numbers);
  expect(world.gateway.state.venues[0]!.session.status).toBe('disconnected');
  world.sent.length = 0;
  const before = world.tally.positionLots[0]!;
  trades(world);
  const [logon, order] = world.sent;
  expect(fieldOf(logon!, 34)).toBe(logonNumber);
  expect(fieldOf(logon!, 141)).toBe(numbers.reset ? 'Y' : undefined);
  // The id of the order that the log has lost is not given to another one.
  expect(typesOf(world.sent)).toEqual(['A', 'D']);
  expect(fieldOf(order!, 11)).toBe('20140502-1000001');
  expect(world.tally.positionLots[0]! - before).toBe(3);
});

it('asks for a reset again where the connection is lost before the venue took it', () => {
  const world = behind(operated);
  insist(world, 2);
  agree(world, { reset: true });
  world.sent.length = 0;
  world.connect();
  world.cut();
  trades(world);
  expect(typesOf(world.sent)).toEqual(['A', 'A', 'D']);
  expect(world.sent.slice(0, 2).map(bytes => fieldOf(bytes, 141))).toEqual(['Y', 'Y']);
  world.cut();
  world.sent.length = 0;
  world.connect();
  expect(fieldOf(world.sent[0]!, 141)).toBeUndefined();
});

it('ends a session that stands, asks how its orders stand, and gives the same bytes again', () => {
  const world = paperWorld(operated);
  world.quote(0, 100_000, 100_010);
  world.connect();
  world.wait(SECOND_NS);
  world.signal({ style: 'join', limitIncrements: 99_990 });
  world.wait(SECOND_NS);
  agree(world, { reset: true });
  world.wait(SECOND_NS);
  world.connect();
  world.wait(SECOND_NS);
  world.signal({ style: 'join', limitIncrements: 99_991 });
  world.wait(SECOND_NS);
  expect(typesOf(world.sent)).toEqual(['A', 'D', '5', 'A', 'H', 'G']);
  const replayed = replayedBytes(createReplay(operated), world.log);
  expect(replayed.equals(Buffer.concat(world.sent))).toBe(true);
});

it('refuses a venue that is not there, and forgets what lies above a lower number', () => {
  const world = paperWorld(operated);
  world.connect();
  world.wait(SECOND_NS);
  const action = { kind: 'sequence', venue: 'south', reset: true } as const;
  const effects = createGatewayEffects();
  const replay = createReplay(operated);
  for (const operator of ['ada', 'bea'] as const) {
    const unixMs = Number(CONFIG.originNs / 1_000_000n) + world.time.nowNs() / 1e6;
    const bytes = signCommand({ operator, gateway: 'GATEWAY', unixMs, action }, keys[operator]);
    replay.step({ kind: 'operator', timeNs: world.time.nowNs(), bytes }, effects);
  }
  expect(effects.outcomes.map(({ status }) => status)).toEqual(['waiting', 'refused']);
  expect(effects.outcomes[1]!.text).toContain('venue south: not there');
  world.quote(0, 100_000, 100_010);
  world.signal({});
  world.wait(SECOND_NS);
  const { store } = world.gateway.state.venues[0]!;
  expect([...store.read(1, 99)].length).toBe(1);
  agree(world, { reset: false, nextOutgoing: 1 });
  expect([...store.read(1, 99)]).toEqual([]);
  expect(store.nextSenderSeq()).toBe(1);
});
