/** The desk's FIX session before real acceptors: who it says it is, and what is left of that. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  clockFrom,
  MILLISECOND_NS,
  midnightBefore,
  SECOND_NS,
  wallClock,
  wallTimers,
} from '#engine';
import {
  type ApplicationMessage,
  connectGateway,
  encodeMessage,
  formatUtcTimestamp,
  listenEcho,
  memoryStore,
  readSessionSettings,
} from '#gateway';
import { loadReferenceData, referenceInstrument } from '#market';
import { loadConfig } from '../config.ts';
import { SENDER, TARGET } from './comp-ids.ts';
import { compareRun } from './compare.ts';
import { readCredentialsFile } from './credentials-file.ts';
import { loadEchoConfig } from './echo-config.ts';
import { hostEchoVenue } from './echo-venue-host.ts';
import { gatewayConfig } from './gateway-settings.ts';
import { startGateway } from './live-gateway.ts';
import { hostGateway } from './remote-gateway-host.ts';
import { openProcesses, openTrader } from './remote-processes.ts';
import { replayGateway } from './replay-logs.ts';
import { refuseSessionOptions } from './session-options.ts';

const WAIT = { timeout: 30_000, interval: 20 };
const TEST_MS = 600_000;
const SIMA = referenceInstrument(loadReferenceData(), { symbol: 'SIMA', date: '2026-01-02' })!;
const PASSWORD = 'hush-2f81';
const opened: { close(): unknown }[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outrider-desk-'));
});
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
  rmSync(folder, { recursive: true });
});

function jsonFile(name: string, content: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

/** An acceptor that the desk has to know the password of. */
async function echoVenue(settings: object) {
  const ends: string[] = [];
  const names = { SenderCompID: TARGET, TargetCompID: SENDER };
  const file = jsonFile('echo.json', { listen: '127.0.0.1:0', ...names, ...settings });
  const venue = await hostEchoVenue(loadEchoConfig(file), reason => ends.push(reason));
  opened.push(venue);
  return { ...venue, ends };
}

/** A gateway of these options with an edge, so that it logs on. */
async function desk(venuePort: number, options: Record<string, unknown>) {
  const problems: string[] = [];
  const directory = join(folder, 'desk');
  const gateway = await hostGateway({
    ...{ listen: { host: '127.0.0.1', port: 0 }, venue: { port: venuePort }, directory },
    ...{ config: loadConfig(options), onProblem: text => problems.push(text) },
  });
  const clock = clockFrom(0);
  const edge = connectGateway({
    ...{ port: gateway.port, instruments: [SIMA] },
    ...{ clock, timers: wallTimers(clock), onPosition() {}, onProblem() {} },
  });
  opened.push(edge);
  const sent = () => readFileSync(join(directory, 'fix', 'outbound.fix'), 'latin1');
  return { gateway, directory, problems, sent };
}

/** Files under a folder in which a text stands, whatever they are. */
function filesWith(directory: string, text: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const files = names.map(name => join(directory, name)).filter(path => statSync(path).isFile());
  expect(files.length).toBeGreaterThan(1);
  return files.filter(path => readFileSync(path).includes(text));
}

describe('a desk with credentials', () => {
  it('logs on with them, and neither log nor file nor replay has them', async () => {
    const credentials = { Username: 'desk-7', Password: PASSWORD };
    const { port } = await echoVenue(credentials);
    const credentialsFile = jsonFile('credentials.json', credentials);
    const { gateway, directory, problems, sent } = await desk(port, { credentialsFile });
    await vi.waitFor(() => expect(sent()).toContain('\u0001553=***\u0001554=***\u0001'), WAIT);
    await vi.waitFor(
      () => expect(readFileSync(logOf(directory), 'latin1')).toContain('49=VENUE'),
      WAIT,
    );
    await gateway.stop();
    expect(problems.filter(text => !text.startsWith('edge'))).toEqual([]);
    expect(compareRun(directory)).toMatchObject({ kind: 'identical', messages: 2 });
    for (const secret of [PASSWORD, 'desk-7']) expect(filesWith(directory, secret)).toEqual([]);
  });

  it('is told that the password is wrong, without either of the two', async () => {
    const { port, ends } = await echoVenue({ Username: 'desk-7', Password: PASSWORD });
    const wrong = { Username: 'desk-7', Password: 'hush-other' };
    const credentialsFile = jsonFile('credentials.json', wrong);
    const { gateway, directory, problems } = await desk(port, { credentialsFile });
    const said = 'venue: logon-refused Username or Password is not right';
    await vi.waitFor(() => expect(problems).toContain(said), WAIT);
    await gateway.stop();
    expect([...problems, ...ends].join()).not.toContain('hush');
    expect(filesWith(directory, 'hush')).toEqual([]);
  });

  it(
    'trades with the paper venue, whose file equals the replay and has no password either',
    async () => {
      const world = openProcesses();
      opened.push(world);
      const credentials = { Username: 'desk-7', Password: PASSWORD };
      const file = jsonFile('credentials.json', credentials);
      const venue = await world.venue();
      const gateway = await world.gateway(['--credentials-file', file]);
      const trader = await openTrader(venue.feedPort, gateway.port);
      opened.push(trader);
      await vi.waitFor(() => {
        expect(trader.quotes[0]).toBeDefined();
        trader.wish(0, { lots: 2, style: 'cross', offset: 5 });
        expect(trader.positions[0]).toBe(2);
      }, WAIT);
      gateway.kill('SIGTERM');
      expect(await gateway.exited).toBe(0);
      const replayed = compareRun(world.directory);
      expect(replayed).toMatchObject({ kind: 'identical', compared: 'received', lost: 0 });
      expect(world.received()).toContain('\u0001553=***\u0001554=***\u0001');
      for (const secret of [PASSWORD, 'desk-7']) {
        expect(filesWith(world.directory, secret)).toEqual([]);
        expect(gateway.stderr + venue.stderr).not.toContain(secret);
      }
    },
    TEST_MS,
  );

  it('leaves no trace in the folder of a run that trades at a venue elsewhere', async () => {
    const world = openProcesses();
    opened.push(world);
    const credentials = { Username: 'desk-7', Password: PASSWORD };
    const file = jsonFile('credentials.json', credentials);
    const { port, feedPort } = await world.venue();
    const out = join(world.directory, 'run');
    const venue = ['--venue', `127.0.0.1:${port}`, '--feed', `127.0.0.1:${feedPort}`];
    const own = ['--credentials-file', file, '--duration', '1s', '--json', '--out', out];
    const { exited, stderr } = await world.start(['run', ...venue, ...own]);
    expect(await exited).toBe(0);
    expect(compareRun(out)).toMatchObject({ kind: 'identical', compared: 'sent' });
    expect(filesWith(out, '\u0001554=***\u0001')).toEqual([join(out, 'fix', 'outbound.fix')]);
    for (const secret of [PASSWORD, 'desk-7']) {
      expect(filesWith(world.directory, secret)).toEqual([]);
      expect(stderr).not.toContain(secret);
    }
  });

  it.each<[string, string | undefined, string]>([
    ['is not there', undefined, 'credentials.json: ENOENT'],
    ['is no JSON', `{"Password":"${PASSWORD}"`, 'no JSON; give a JSON file'],
    ['lacks a name', `{"Password":"${PASSWORD}"}`, 'give {"Username": ..., "Password": ...}'],
    ['has a delimiter', `{"Username":"a","Password":"${PASSWORD}\\u0001"}`, 'printable ASCII'],
    ['is large', ' '.repeat(4_097), 'more than 4096 bytes'],
  ])('says so where the file %s', (_, content, message) => {
    const path = join(folder, 'credentials.json');
    if (content !== undefined) writeFileSync(path, content);
    const told = vi.fn();
    try {
      readCredentialsFile(path);
    } catch (error) {
      told((error as Error).message);
    }
    expect(told).toHaveBeenCalledWith(expect.stringContaining(message));
    expect(told).not.toHaveBeenCalledWith(expect.stringContaining(PASSWORD));
  });

  it('is not one before the paper venue of a run', () => {
    const config = loadConfig({ credentialsFile: 'secret.json' });
    expect(() => refuseSessionOptions(config)).toThrow(
      'credentialsFile: secret.json with the paper venue; it is for a FIX session elsewhere',
    );
    expect(() => refuseSessionOptions({ ...config, venue: '10.0.0.1:1' })).not.toThrow();
  });
});

it('says nothing in a log of session options that are not given, or old bytes would change', () => {
  const config = loadConfig({});
  expect(Object.keys(config).filter(name => /session|credentials|resend|next/i.test(name))).toEqual(
    [],
  );
});

describe('a desk that missed five reports', () => {
  /** An acceptor whose numbers are five ahead of a new desk's. */
  async function venueAhead(settings: object) {
    const originNs = midnightBefore(BigInt(Date.now()) * BigInt(MILLISECOND_NS));
    const clock = wallClock(originNs);
    const store = memoryStore();
    const sendingTime = formatUtcTimestamp(originNs, clock.nowNs());
    const names = { senderCompId: TARGET, targetCompId: SENDER, sendingTime };
    for (let msgSeqNum = 1; msgSeqNum <= 5; msgSeqNum++) {
      store.append(msgSeqNum, encodeMessage({ ...names, msgSeqNum }, REJECT), false);
    }
    const sessions = [
      readSessionSettings({ SenderCompID: TARGET, TargetCompID: SENDER, ...settings }),
    ];
    const venue = await listenEcho({
      ...{ listen: { port: 0 }, sessions, storeOf: () => store, originNs, clock },
      ...{ timers: wallTimers(clock), onEnd() {} },
    });
    opened.push({ close: () => venue.stop() });
    return venue;
  }

  it.each<[string, Record<string, unknown>, RegExp, string[]]>([
    ['at once', {}, /\|108=30\|10=/, ['7=1|16=5']],
    [
      'two by two',
      { resendRequestChunk: 2 },
      /\|108=30\|10=/,
      ['7=1|16=2', '7=3|16=4', '7=5|16=5'],
    ],
    ['unasked', { nextExpectedMsgSeqNum: true }, /\|108=30\|789=1\|10=/, []],
  ])('gets them %s', async (_, options, logon, asked) => {
    const { port } = await venueAhead({ EnableNextExpectedMsgSeqNum: true });
    const { gateway, directory, sent } = await desk(port, options);
    const expected = () => nextTargetSeq(directory);
    await vi.waitFor(() => expect(expected()).toBe(7), WAIT);
    await gateway.stop();
    const messages = sent().replaceAll('\u0001', '|');
    expect(messages).toMatch(logon);
    expect([...messages.matchAll(/7=\d+\|16=\d+/g)].map(([range]) => range)).toEqual(asked);
    expect(compareRun(directory)).toMatchObject({ kind: 'identical' });
  });
});

describe('a desk whose session has hours', () => {
  const HOURS = { sessionStart: '17:00:02', sessionEnd: '17:00:00' };

  it('logs out when they are over, waits without a connection, and begins at 1', async () => {
    const originNs = midnightBefore(BigInt(Date.now()) * BigInt(MILLISECOND_NS));
    const clock = clockFrom((17 * 3_600 - 1) * SECOND_NS);
    const time = { clock, timers: wallTimers(clock) };
    const names = { SenderCompID: TARGET, TargetCompID: SENDER };
    const hours = { StartTime: HOURS.sessionStart, EndTime: HOURS.sessionEnd };
    const ends: string[] = [];
    const venue = await listenEcho({
      ...{ ...time, listen: { port: 0 }, originNs, onEnd: reason => ends.push(reason) },
      sessions: [readSessionSettings({ ...names, ...hours })],
    });
    opened.push({ close: () => venue.stop() });
    const [problems, sent]: [string[], string[]] = [[], []];
    const live = startGateway({
      ...{
        ...time,
        venues: [{ address: { port: venue.port } }],
        logDirectory: join(folder, 'gateway.log'),
      },
      config: gatewayConfig({ config: loadConfig(HOURS), originNs, instruments: [SIMA] }),
      ...{ start: '{}', probe: { begin() {}, end() {} }, onPosition() {}, onEffects() {} },
      onProblem: text => problems.push(text),
      onSent: bytes => sent.push(Buffer.from(bytes).toString('latin1')),
    });
    opened.push(live);
    live.connect();
    await vi.waitFor(() => expect(live.gateway.state.venues[0]!.isLoggedOn).toBe(true), WAIT);
    await vi.waitFor(() => expect(problems.at(-1)).toContain('passive until'), WAIT);
    expect(live.gateway.state.venues[0]!.isLoggedOn).toBe(false);
    expect(problems.at(-1)).toMatch(/outside the hours .* passive until \d{8}-17:00:02\.000$/);
    await vi.waitFor(() => expect(live.gateway.state.venues[0]!.isLoggedOn).toBe(true), WAIT);
    const logons = sent.filter(bytes => bytes.includes('\u000135=A\u0001'));
    expect(logons.map(bytes => bytes.includes('\u000134=1\u0001'))).toEqual([true, true]);
    expect(ends).toHaveLength(1);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ sessionStart: '08:00:00' }, 'sessionStart and sessionEnd: one is missing'],
    [{ ...HOURS, sessionEnd: '25:00:00' }, 'sessionEnd: "25:00:00"; give HH:MM:SS'],
    [{ ...HOURS, sessionTimeZone: 'Mars' }, "time zone 'Mars'"],
    [{ ...HOURS, sessionStartDay: 'Sun' }, 'sessionStartDay and sessionEndDay: one is missing'],
    [{ ...HOURS, sessionWeekdays: 'Mon,x' }, 'sessionWeekdays: "x"; give a day'],
    [{ sessionTimeZone: 'UTC' }, 'sessionTimeZone: UTC without hours'],
  ])('%o is refused by name', (options, message) => {
    expect(() => loadConfig(options)).toThrow(message);
  });
});

const REJECT: ApplicationMessage = {
  ...{ msgType: '9', clOrdId: 'x', origClOrdId: 'y', orderId: 'NONE' },
  ...{ ordStatus: '8', cxlRejResponseTo: '1' },
};

/** The number that the gateway of a log expects next, by a replay of what there is so far. */
function nextTargetSeq(directory: string): number {
  const silent = { connected() {}, message() {}, signal() {} };
  const { session } = replayGateway(join(directory, 'gateway.log'), silent).state.venues[0]!;
  return session.store.nextTargetSeq();
}

const logOf = (directory: string) => {
  const [segment] = readdirSync(join(directory, 'gateway.log'));
  return join(directory, 'gateway.log', segment!);
};
