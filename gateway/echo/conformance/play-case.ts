/** Plays a conformance case, a line a message, over TCP against an echo acceptor of its own. */
import { once } from 'node:events';
import net from 'node:net';
import { expect } from 'vitest';
import { clockFrom, SECOND_NS, virtualTime } from '#engine';
import { isHeaderTag } from '#native';
import { createFramer } from '../../fix/framer.ts';
import { formatUtcTimestamp } from '../../fix/timestamp.ts';
import { listenEcho } from '../echo-acceptor.ts';
import { readSessionSettings } from '../session-settings.ts';

export type ConformanceCase = {
  /** The number of the case in the FIX session test suite. */
  id: string;
  what: string;
  /** Beyond CompIDs and ResetOnDisconnect. */
  settings?: Record<string, unknown>;
  script: string;
};

/** Monday, 2026-09-21, ten o'clock. */
const ORIGIN_NS = BigInt(Date.UTC(2026, 8, 21, 10)) * 1_000_000n;
const REAL_WAIT_NS = 5 * SECOND_NS;
const realClock = clockFrom(0);
const SOH = '\u0001';
const LOGON = '98=0|108=30';

type Tool = { socket: net.Socket; messages: string[]; isClosed: boolean; sentBytes: number };

/**
 * Lines, after `2 ` for a second connection, which is made when it is first used:
 *
 *     logon               sends Logon 1 with 98=0, 108=30 and expects the same back
 *     logout 4 3          sends Logout 4, expects Logout 3 and the end of the connection
 *     > 35=0|34=2         sends; 49, 52, 56 are filled in unless given, 8, 9, 10 unless `raw`;
 *                         `52=-` leaves a field out, `@-121` is the time so many seconds from now
 *     raw 8=FIX.4.4|...   sends these bytes
 *     < 35=0|34=2         expects this message, byte for byte but for 52, 122 and 10, which must be
 *                         right; 49, 52, 56 are filled in
 *     nothing             no message has come that was not expected
 *     wait 3              lets seconds pass
 *     closed | close      the acceptor has ended the connection | the tool ends it
 */
export async function playCase({ settings, script }: ConformanceCase): Promise<void> {
  const time = virtualTime();
  let receivedBytes = 0;
  const names = { SenderCompID: 'VENUE', TargetCompID: 'TOOL', ResetOnDisconnect: 'Y' };
  const acceptor = await listenEcho({
    ...{ listen: { port: 0 }, originNs: ORIGIN_NS, clock: time, timers: time },
    sessions: [readSessionSettings({ ...names, ...settings })],
    onReceived: bytes => {
      receivedBytes += bytes.length;
    },
    onEnd() {},
  });
  const tools = new Map<string, Tool>();
  const world: World = {
    ...{ time, tools, port: acceptor.port },
    isHeard: () => {
      return receivedBytes >= [...tools.values()].reduce((sum, tool) => sum + tool.sentBytes, 0);
    },
  };
  try {
    for (const line of script.trim().split('\n')) await playLine(world, line.trim());
    for (const tool of tools.values()) expect(tool.messages, 'what came unexpected').toEqual([]);
  } finally {
    for (const tool of tools.values()) tool.socket.destroy();
    await acceptor.close();
  }
}

type World = {
  time: ReturnType<typeof virtualTime>;
  tools: Map<string, Tool>;
  port: number;
  /** True once the acceptor has taken in all that was sent. */
  isHeard(): boolean;
};

async function playLine(world: World, line: string): Promise<void> {
  const [, which = '1', verb, rest = ''] = /^(?:(\d) )?(\S+) ?(.*)$/.exec(line)!;
  const tool = world.tools.get(which) ?? (await connect(world, which));
  switch (verb) {
    case 'logon':
      send(world, tool, `35=A|34=1|${LOGON}`);
      await expectMessage(tool, `35=A|34=1|${LOGON}`, line);
      break;
    case 'logout': {
      const [theirs, ours] = rest.split(' ');
      send(world, tool, `35=5|34=${theirs}`);
      await expectMessage(tool, `35=5|34=${ours}`, line);
      await until(() => tool.isClosed, line);
      break;
    }
    case '>':
      send(world, tool, rest);
      break;
    case 'raw':
      write(tool, timed(world, rest).replaceAll('|', SOH));
      break;
    case '<':
      await expectMessage(tool, rest, line);
      break;
    case 'nothing':
      await until(world.isHeard, line);
      expect(tool.messages, line).toEqual([]);
      break;
    case 'wait':
      await until(world.isHeard, line);
      world.time.advanceTo(world.time.nowNs() + Number(rest) * SECOND_NS);
      break;
    case 'closed':
      await until(() => tool.isClosed, line);
      break;
    case 'close':
      tool.socket.end();
      await until(() => tool.isClosed, line);
      world.tools.delete(which);
      break;
    default:
      throw new Error(`no such line: ${line}`);
  }
}

async function connect({ tools, port }: World, which: string): Promise<Tool> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  const tool: Tool = { socket, messages: [], isClosed: false, sentBytes: 0 };
  const framer = createFramer({
    onMessage: bytes => tool.messages.push(bytes.toString('latin1')),
    onGarbage: reason => tool.messages.push(`garbage: ${reason}`),
  });
  socket.on('data', bytes => framer.push(bytes));
  socket.on('error', () => {});
  socket.on('close', () => {
    tool.isClosed = true;
  });
  await once(socket, 'connect');
  tools.set(which, tool);
  return tool;
}

function send(world: World, tool: Tool, fields: string): void {
  const given = timed(world, fields).split('|');
  const header = [`49=TOOL`, `52=${now(world, 0)}`, `56=VENUE`].filter(field => {
    return !given.some(other => other.startsWith(field.slice(0, 3)));
  });
  const kept = [...given.slice(0, 2), ...header, ...given.slice(2)];
  write(tool, framed(kept.filter(field => !field.endsWith('=-'))));
}

function framed(fields: readonly string[]): string {
  const body = fields.map(field => field + SOH).join('');
  const head = `8=FIX.4.4${SOH}9=${body.length}${SOH}${body}`;
  const sum = Buffer.from(head, 'latin1').reduce((total, byte) => total + byte, 0) % 256;
  return `${head}10=${String(sum).padStart(3, '0')}${SOH}`;
}

function write(tool: Tool, text: string): void {
  tool.sentBytes += text.length;
  tool.socket.write(text, 'latin1');
}

/** `@n` becomes the time n seconds from now. */
function timed(world: World, text: string): string {
  return text.replace(/=@(-?\d+)/g, (_, seconds) => `=${now(world, Number(seconds))}`);
}

function now({ time }: World, seconds: number): string {
  return formatUtcTimestamp(ORIGIN_NS, time.nowNs() + seconds * SECOND_NS);
}

/** The framer has checked BodyLength and CheckSum, and that 8 and 9 come first. */
async function expectMessage(tool: Tool, fields: string, line: string): Promise<void> {
  await until(() => tool.messages.length > 0, line);
  const came = tool.messages.shift()!.split(SOH).slice(2, -2);
  const given = fields.split('|');
  const own = ['49=VENUE', '52=TIME', '56=TOOL'];
  const [type, ...rest] = given;
  const isHeader = (field: string) => isHeaderTag(Number.parseInt(field, 10));
  const header = [...rest.filter(isHeader), ...own].sort((a, b) => {
    return Number.parseInt(a, 10) - Number.parseInt(b, 10);
  });
  const expected = [type, ...header, ...rest.filter(field => !isHeader(field))].join('|');
  expect(came.map(withoutTime).join('|'), line).toBe(expected);
}

/** Times to the millisecond, as they must be, become one word. */
function withoutTime(field: string): string {
  return field.replace(/^(52|122|60)=\d{8}-\d\d:\d\d:\d\d\.\d{3}$/, '$1=TIME');
}

async function until(isDone: () => boolean, line: string): Promise<void> {
  const deadlineNs = realClock.nowNs() + REAL_WAIT_NS;
  while (!isDone()) {
    if (realClock.nowNs() > deadlineNs) throw new Error(`did not come: ${line}`);
    await new Promise(resolve => setImmediate(resolve));
  }
}
