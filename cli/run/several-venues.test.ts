/** A desk file of two venues: without this test, one's bytes could leave for the other. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { clockFrom, wallTimers } from '#engine';
import { connectGateway } from '#gateway';
import { loadReferenceData, referenceInstrument } from '#market';
import { loadConfig } from '../config.ts';
import { compareRun } from './compare.ts';
import { loadDeskFile, venueAccesses } from './desk-file.ts';
import { loadEchoConfig } from './echo-config.ts';
import { hostEchoVenue } from './echo-venue-host.ts';
import { hostGateway } from './remote-gateway-host.ts';

const WAIT = { timeout: 30_000, interval: 20 };
const EURUSD = referenceInstrument(loadReferenceData(), { symbol: 'EURUSD', date: '2014-05-02' })!;

let folder: string;
const closing: (() => unknown)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outrider-venues-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true });
});

function jsonFile(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

async function venue(name: string) {
  const names = { SenderCompID: name, TargetCompID: 'DESK' };
  const config = loadEchoConfig(jsonFile(`${name}.json`, { listen: '127.0.0.1:0', ...names }));
  const host = await hostEchoVenue(config, () => {});
  closing.push(() => host.close());
  return { name: name.toLowerCase(), address: `127.0.0.1:${host.port}`, targetCompId: name };
}

const logOf = (directory: string) => {
  const [segment] = readdirSync(join(directory, 'gateway.log'));
  return join(directory, 'gateway.log', segment!);
};

const sections = {
  strategies: [{ name: 'alpha', account: 'fund' }],
  accounts: [{ name: 'fund' }],
};

it('logs on to each in its own name, keeps their bytes apart, and replays both', async () => {
  const both = [await venue('NORTH'), await venue('SOUTH')];
  const venues = both.map(each => ({ ...each, senderCompId: 'DESK' }));
  const desk = jsonFile('desk.json', { venues, ...sections });
  const directory = join(folder, 'desk');
  const problems: string[] = [];
  const options = { listen: { host: '127.0.0.1', port: 0 }, venue: undefined, directory };
  const gateway = await hostGateway({
    ...{ ...options, config: loadConfig({ desk }), onProblem: text => problems.push(text) },
  });
  const clock = clockFrom(0);
  const edge = connectGateway({
    ...{ port: gateway.port, instruments: [EURUSD], clock, timers: wallTimers(clock) },
    ...{ onPosition() {}, onProblem() {} },
  });
  closing.push(() => edge.close());
  const sent = (name: string) => readFileSync(join(directory, 'fix', name), 'latin1');
  const sentTo = { NORTH: 'outbound.fix', SOUTH: 'outbound-south.fix' };
  for (const [name, file] of Object.entries(sentTo)) {
    const logon = `\u000135=A\u000134=1\u000149=DESK\u0001`;
    await vi.waitFor(() => expect(sent(file)).toContain(logon), WAIT);
    expect(sent(file)).toContain(`\u000156=${name}\u0001`);
  }
  const segment = () => readFileSync(logOf(directory), 'latin1');
  for (const name of ['NORTH', 'SOUTH']) {
    await vi.waitFor(() => expect(segment()).toContain(`\u000149=${name}\u0001`), WAIT);
  }
  await gateway.stop();
  expect(problems.filter(text => !text.startsWith('edge'))).toEqual([]);
  expect(sent('outbound.fix')).not.toContain('SOUTH');
  expect(compareRun(directory)).toMatchObject({ kind: 'identical', messages: 4, lost: 0 });
  const other = jsonFile('other.json', { venues: venues.slice(0, 1), ...sections });
  const again = { ...options, config: loadConfig({ desk: other }), onProblem() {} };
  await expect(hostGateway(again)).rejects.toThrow('was begun with another desk file');
});

it('wants an address of each venue, from the desk file or the option for one of them', () => {
  const parties = { senderCompId: 'DESK', targetCompId: 'NORTH' };
  const desk = jsonFile('desk.json', {
    ...{
      venues: [
        { name: 'north', ...parties },
        { name: 'south', ...parties },
      ],
      ...sections,
    },
  });
  const config = loadConfig({ desk });
  const deskFile = loadDeskFile(config);
  expect(() => venueAccesses({ config, deskFile }, undefined)).toThrow('venues south: address');
  expect(() => venueAccesses({ config, deskFile }, { port: 1 })).toThrow('venues south: address');
  expect(() => loadConfig({ desk, sessionStart: '08:00:00' })).toThrow('sessionStart');
  expect(() => loadConfig({ desk, gateway: '127.0.0.1:1' })).toThrow('a desk file of its own');
});

it('takes the rates of its desk’s file into the log, each time it is written', async () => {
  const [north] = [await venue('NORTH')];
  const ratesFile = jsonFile('rates.json', { 'EUR/USD': '1.3871' });
  const desk = jsonFile('desk.json', {
    ...{ venues: [{ ...north, senderCompId: 'DESK' }], ...sections, currencies: { ratesFile } },
  });
  const directory = join(folder, 'desk');
  const problems: string[] = [];
  const options = { listen: { host: '127.0.0.1', port: 0 }, venue: undefined, directory };
  const host = () =>
    hostGateway({
      ...{ ...options, config: loadConfig({ desk }), onProblem: text => problems.push(text) },
    });
  const gateway = await host();
  const clock = clockFrom(0);
  const edge = connectGateway({
    ...{ port: gateway.port, instruments: [EURUSD], clock, timers: wallTimers(clock) },
    ...{ onPosition() {}, onProblem() {} },
  });
  closing.push(() => edge.close());
  const rates = () =>
    readFileSync(logOf(directory), 'latin1').split('\u0003EUR\u0003USD').length - 1;
  await vi.waitFor(() => expect(rates()).toBe(1), WAIT);
  writeFileSync(ratesFile, '{ "EUR/USD": "1.25", "USD/JPY": "160" }');
  await vi.waitFor(() => expect(rates()).toBe(2), WAIT);
  await gateway.stop();
  const again = await host();
  await vi.waitFor(() => expect(rates()).toBe(3), WAIT);
  await again.stop();
  expect(problems.filter(text => text.startsWith('rates'))).toEqual([]);
  expect(compareRun(directory)).toMatchObject({ kind: 'identical', lost: 0 });
});
