/** A log that has lost its end: without these tests, a gateway could send orders it sent before. */
import { expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { type PaperWorld, paperWorld } from './paper-world.ts';

const typesOf = (sent: readonly Buffer[]) =>
  sent.map(bytes => bytes.toString('latin1').split('\u000135=')[1]![0]);

/** An order has been traded, and the log then lost all but its first record. */
function behind(): PaperWorld {
  const world = paperWorld();
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
