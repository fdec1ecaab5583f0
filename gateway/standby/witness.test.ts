/** A witness: with a wrong word of it two nodes trade, or one trades that lacks orders. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { clockFrom, freePort, MILLISECOND_NS, wallTimers } from '#engine';
import { askWitness } from './ask-witness.ts';
import { connectWitness } from './connect-witness.ts';
import { withMargin } from './lease.ts';
import { serveWitness } from './serve-witness.ts';
import { createWitness, NEW_WITNESS, stepWitness } from './witness.ts';
import { openWitnessLog } from './witness-log.ts';
import type { FromWitness, ToWitness } from './witness-messages.ts';

const LEASE_NS = 800;
const AFTER_NS = 2000;
const WAIT = { timeout: 30_000, interval: 5 };

function witness() {
  let nowNs = 0;
  const state = createWitness(NEW_WITNESS, { leaseNs: LEASE_NS, nowNs });
  const ask = (message: ToWitness) => stepWitness(state, message, nowNs);
  const names = (node: string) => ({ node, instance: `${node}1`, askedNs: 5 });
  return {
    state,
    wait(ns: number) {
      nowNs += ns;
    },
    acquire: (node: string, logEpoch: number, isForced = false) =>
      ask({ kind: 'acquire', ...names(node), logEpoch, isForced }),
    renew: (node: string, epoch: number) => ask({ kind: 'renew', ...names(node), epoch }),
    declare: (standby: string, serial: number) =>
      ask({ kind: 'declare', ...names('A'), epoch: 1, standby, serial }),
    dead: (node: string, instance = `${node}1`) => ask({ kind: 'dead', node, instance }),
  };
}

/** A trades in epoch 1, with B as its standby. */
function paired() {
  const one = witness();
  one.acquire('A', 0);
  one.renew('A', 1);
  one.declare('B', 1);
  return one;
}

const granted = (epoch: number, isHolderDead = false): FromWitness => ({
  ...{ kind: 'granted', epoch, isHolderDead, askedNs: 5 },
});
const refused = (reason: string) => expect.objectContaining({ kind: 'refused', reason });

describe('a witness lends the next epoch', () => {
  it('to the declared standby, a lease and an eighth after the last renewal', () => {
    const { acquire, wait } = paired();
    wait(899);
    expect(acquire('B', 1)).toEqual(refused('held'));
    wait(1);
    expect(acquire('B', 1)).toEqual(granted(2));
  });

  it('at once, when the watchdog has seen that very process end', () => {
    const { acquire, dead } = paired();
    dead('A', 'A0');
    expect(acquire('B', 1)).toEqual(refused('held'));
    dead('A');
    expect(acquire('B', 1)).toEqual(granted(2, true));
  });

  it('never to one that may lack records: of a holder alone, or a stranger', () => {
    const { acquire, declare, wait } = paired();
    declare('', 2);
    wait(AFTER_NS);
    expect(acquire('B', 1)).toEqual(refused('not-in-sync'));
    expect(acquire('C', 1)).toEqual(refused('not-in-sync'));
    expect(acquire('A', 1)).toEqual(granted(1));
    expect(acquire('B', 1, true)).toEqual(refused('held'));
    wait(AFTER_NS);
    expect(acquire('B', 1, true)).toEqual(granted(2));
  });

  it('never to a log that is not the one it knows, or lacks the claim it has heard of', () => {
    const { acquire, wait } = paired();
    wait(AFTER_NS);
    expect(acquire('B', 7)).toEqual(refused('strange-log'));
    expect(acquire('B', 0)).toEqual(refused('log-behind'));
  });

  it('once: the same process is told again what it was granted, another is not', () => {
    const { acquire, renew, wait, state } = paired();
    wait(AFTER_NS);
    acquire('B', 1);
    expect(acquire('B', 1)).toEqual(granted(2));
    expect(renew('A', 1)).toEqual(refused('superseded'));
    expect(state.epoch).toBe(2);
  });

  it('and takes no declaration that was overtaken by a later one', () => {
    const { declare, state } = paired();
    expect(declare('', 3)).toEqual({ kind: 'agreed', epoch: 1, serial: 3 });
    expect(declare('B', 2)).toBeUndefined();
    expect(state.standby).toBe('');
  });

  it('and takes up an epoch that an operator began while it was away', () => {
    const { renew, state } = paired();
    expect(renew('B', 4)).toEqual({ kind: 'renewed', epoch: 4, askedNs: 5 });
    expect(state).toMatchObject({ epoch: 4, holder: 'B', standby: '' });
    expect(renew('A', 1)).toEqual(refused('superseded'));
  });

  it('even one of a number it had lent to another, who died before the claim', () => {
    const { acquire, renew, dead, state } = paired();
    dead('A');
    expect(acquire('B', 1)).toEqual(granted(2, true));
    expect(renew('A', 2)).toEqual({ kind: 'renewed', epoch: 2, askedNs: 5 });
    expect(state).toMatchObject({ epoch: 2, holder: 'A', standby: '', claimed: 2 });
    expect(renew('B', 2)).toEqual(refused('superseded'));
  });
});

describe('a witness over TCP', () => {
  const opened: { close(): unknown }[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'outrider-witness-'));
  const clock = clockFrom(0);
  const times = { clock, timers: wallTimers(clock), leaseNs: 200 * MILLISECOND_NS };
  // Its own, so that a lease is over when a test says so, however long this machine takes.
  let witnessNs = 0;

  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function open(port = 0) {
    const log = openWitnessLog({ directory });
    const clock = { nowNs: () => witnessNs };
    const own = { ...times, clock, timers: wallTimers(clock) };
    const door = await serveWitness({ ...own, port, log, onEvent() {} });
    const close = async () => {
      await door.close();
      log.close();
    };
    return { port: door.port, close };
  }

  it('remembers over a restart, and waits for the lease it may have lent', async () => {
    const first = await open(await freePort());
    const said: FromWitness[] = [];
    const address = { host: '127.0.0.1', port: first.port };
    const link = connectWitness({
      ...{ ...address, ...times, onMessage: message => said.push(message) },
      ...{ onLost() {}, onProblem() {} },
    });
    opened.push(link);
    const acquire = (node: string, askedNs: number) =>
      link.ask({ kind: 'acquire', node, instance: node, logEpoch: 0, isForced: false, askedNs });
    await vi.waitFor(() => expect(link.isUp).toBe(true), WAIT);
    acquire('A', 1);
    await vi.waitFor(() => expect(said).toHaveLength(1), WAIT);
    await first.close();
    await vi.waitFor(() => expect(link.isUp).toBe(false), WAIT);
    opened.push(await open(first.port));
    await vi.waitFor(() => expect(link.isUp).toBe(true), WAIT);
    expect(JSON.parse(await askWitness({ ...address, ...times }))).toEqual({
      ...{ epoch: 1, holder: 'A', standby: '', claimed: 0, isHolderDead: false },
    });
    acquire('B', 2);
    await vi.waitFor(() => expect(said).toHaveLength(2), WAIT);
    expect(said[1]).toMatchObject({ kind: 'refused', reason: 'held', askedNs: 2 });
    witnessNs += withMargin(times.leaseNs);
    acquire('B', 3);
    await vi.waitFor(() => expect(said).toHaveLength(3), WAIT);
    expect(said[2]).toMatchObject({ kind: 'refused', reason: 'not-in-sync', askedNs: 3 });
  });

  it('refuses a node whose lease is of another length, and names both', async () => {
    const door = await open();
    opened.push(door);
    const problems: string[] = [];
    const link = connectWitness({
      ...{ host: '127.0.0.1', port: door.port, ...times, leaseNs: 300 * MILLISECOND_NS },
      ...{ onMessage() {}, onLost() {}, onProblem: text => problems.push(text) },
    });
    opened.push(link);
    await vi.waitFor(() => expect(problems).toHaveLength(1), WAIT);
    expect(problems[0]).toContain('lease-ms: 300 of the node, 200 of the witness');
  });
});
