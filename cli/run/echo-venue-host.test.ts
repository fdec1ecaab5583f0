/** `outrider venue --echo`: its file of settings, its sessions, and what outlives it. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MILLISECOND_NS, wallClock, wallTimers } from '#engine';
import { connectFix, createFramer, encodeMessage, formatUtcTimestamp } from '#gateway';
import { loadEchoConfig } from './echo-config.ts';
import { hostEchoVenue } from './echo-venue-host.ts';

const originNs = BigInt(Date.now()) * BigInt(MILLISECOND_NS);
const clock = wallClock(originNs);
const open: { close(): unknown }[] = [];
const WAIT = { timeout: 30_000, interval: 10 };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outrider-echo-'));
});
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
  rmSync(folder, { recursive: true });
});

function settingsFile(settings: object, name = 'echo.json'): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(settings));
  return path;
}

const NAMES = { SenderCompID: 'VENUE', TargetCompID: 'DESK' };

async function start(settings: object) {
  const config = loadEchoConfig(settingsFile({ listen: '127.0.0.1:0', ...settings }));
  const venue = await hostEchoVenue(config, () => {});
  open.push(venue);
  return venue;
}

function logon(of: { sender: string; target: string; number: number }): Buffer {
  const sendingTime = formatUtcTimestamp(originNs, clock.nowNs());
  const names = { senderCompId: of.sender, targetCompId: of.target };
  const header = { ...names, msgSeqNum: of.number, sendingTime };
  return encodeMessage(header, { msgType: 'A', heartBtInt: 30, resetSeqNumFlag: false });
}

/** Logs on with a number and gives all that came back, as text. */
async function logOn(port: number, names: { sender: string; target: string; number?: number }) {
  const { sender, target, number = 1 } = names;
  let heard = '';
  const framer = createFramer({
    onMessage: bytes => {
      heard += bytes.toString('latin1').replaceAll('\u0001', '|');
    },
    onGarbage() {},
  });
  const connection = await connectFix(
    { port },
    {
      onBytes: bytes => framer.push(bytes),
      onClose: () => {
        heard += 'closed';
      },
    },
    { clock, timers: wallTimers(clock) },
  );
  connection.write(logon({ sender, target, number }));
  await vi.waitFor(() => expect(heard).not.toBe(''), WAIT);
  connection.end();
  await vi.waitFor(() => expect(heard).toMatch(/closed$/), WAIT);
  return heard;
}

describe('a file of settings', () => {
  it.each<[object, string]>([
    [{ ...NAMES }, 'listen: '],
    [{ listen: 'here', ...NAMES }, 'listen: here; give HOST:PORT'],
    [{ listen: '127.0.0.1:0', SenderCompID: 'VENUE' }, 'TargetCompID: missing'],
    [{ listen: '127.0.0.1:0', ...NAMES, ResetOnLogon: 'yes' }, 'ResetOnLogon: "yes"'],
    [{ listen: '127.0.0.1:0', ...NAMES, MaxLatency: 0 }, 'MaxLatency: 0'],
    [{ listen: '127.0.0.1:0', ...NAMES, echo: false }, 'echo: give true'],
    [{ listen: '127.0.0.1:0', Sessions: [NAMES, NAMES] }, 'VENUE->DESK is there twice'],
    [{ listen: '127.0.0.1:0', ...NAMES, CredentialsFile: '/none' }, '/none: ENOENT'],
  ])('%o is refused by name: %s', (settings, message) => {
    const path = settingsFile(settings);
    expect(() => loadEchoConfig(path)).toThrow(message);
  });

  it.each<[object, string]>([
    [{ StartTime: '08:00:00' }, 'StartTime and EndTime: one is missing'],
    [{ StartTime: '8', EndTime: '17:00:00' }, 'StartTime: "8"'],
    [{ StartTime: '08:00:00', EndTime: '17:00:00', TimeZone: 'Mars' }, "time zone 'Mars'"],
    [{ StartTime: '08:00:00', EndTime: '17:00:00', StartDay: 'Mon' }, 'StartDay and EndDay'],
    [{ Username: 'desk' }, 'Username and Password: one is missing'],
    [{ TlsKeyFile: import.meta.filename }, 'tls: a listener has no certificate'],
  ])('%o cannot work: %s', async (settings, message) => {
    await expect(start({ ...NAMES, ...settings })).rejects.toThrow(message);
  });

  it('says which settings it does not know, as QuickFIX passes over them', () => {
    const path = settingsFile({ listen: 7001, ...NAMES, FileLogPath: 'x' });
    expect(loadEchoConfig(path)).toMatchObject({
      listen: { host: '127.0.0.1', port: 7001 },
      unknown: ['FileLogPath'],
    });
  });

  it('takes credentials from a file of their own, and never shows one', () => {
    const CredentialsFile = settingsFile({ Username: 'desk', Password: 'hush' }, 'secret.json');
    const path = settingsFile({ listen: '127.0.0.1:0', ...NAMES, CredentialsFile });
    expect(loadEchoConfig(path).sessions[0]).toMatchObject({ Username: 'desk', Password: 'hush' });
    settingsFile({ Username: 'desk', Password: { hush: 1 } }, 'secret.json');
    expect(() => loadEchoConfig(path)).toThrow(/secret.json: give {"Username"/);
    writeFileSync(CredentialsFile, '{hush');
    expect(() => loadEchoConfig(path)).toThrow(/secret.json: no JSON; give a JSON file/);
  });
});

describe('an echo acceptor', () => {
  it('keeps the sessions of two desks apart', async () => {
    const Sessions = [{ TargetCompID: 'A' }, { TargetCompID: 'B', HeartBtInt: 10 }];
    const { port } = await start({ SenderCompID: 'VENUE', Sessions });
    expect(await logOn(port, { sender: 'A', target: 'VENUE' })).toContain('|34=1|49=VENUE|');
    expect(await logOn(port, { sender: 'B', target: 'VENUE' })).toContain('|34=1|49=VENUE|');
    expect(await logOn(port, { sender: 'A', target: 'VENUE', number: 2 })).toContain('|34=2|');
    expect(await logOn(port, { sender: 'C', target: 'VENUE' })).toBe('closed');
  });

  it('goes on with its numbers after a restart where a folder keeps them', async () => {
    const FileStorePath = join(folder, 'store');
    const first = await start({ ...NAMES, FileStorePath });
    await logOn(first.port, { sender: 'DESK', target: 'VENUE' });
    await open.pop()!.close();
    const second = await start({ ...NAMES, FileStorePath });
    const heard = await logOn(second.port, { sender: 'DESK', target: 'VENUE', number: 2 });
    expect(heard).toContain('|35=A|34=2|');
  });

  it('keeps a desk out that does not know the password', async () => {
    const { port } = await start({ ...NAMES, Username: 'desk', Password: 'hush' });
    const heard = await logOn(port, { sender: 'DESK', target: 'VENUE' });
    expect(heard).toContain('Username or Password is not right');
    expect(heard).not.toContain('hush');
  });

  it('takes a desk back at once, or each restart of one would begin with a refusal', async () => {
    const { port } = await start({ ...NAMES, ResetOnDisconnect: true });
    for (let attempt = 0; attempt < 30; attempt++) {
      const socket = net.connect({ port, host: '127.0.0.1' });
      socket.write(logon({ sender: 'DESK', target: 'VENUE', number: 1 }));
      const [bytes] = await once(socket, 'data');
      expect(String(bytes)).toContain('\u000135=A\u000134=1\u0001');
      socket.end();
    }
  });

  it('logs its sessions out when it is stopped, so that they know it was no crash', async () => {
    const { port } = await start(NAMES);
    let heard = '';
    const connection = await connectFix(
      { port },
      {
        onBytes: bytes => {
          heard += bytes.toString('latin1').replaceAll('\u0001', '|');
        },
        onClose() {},
      },
      { clock, timers: wallTimers(clock) },
    );
    connection.write(logon({ sender: 'DESK', target: 'VENUE', number: 1 }));
    await vi.waitFor(() => expect(heard).toContain('|35=A|'), WAIT);
    const stopped = open.pop()!.close();
    await vi.waitFor(() => expect(heard).toMatch(/\|35=5\|.*The acceptor is stopped/), WAIT);
    connection.end();
    await stopped;
  });

  it('says where it cannot listen', async () => {
    const { port } = await start(NAMES);
    await expect(start({ ...NAMES, listen: port })).rejects.toThrow(`listen on 127.0.0.1:${port}`);
  });
});
