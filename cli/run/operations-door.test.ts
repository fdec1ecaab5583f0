/** Processes with a door: an orchestrator must see them ready, busy ending, and gone in time. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '#engine';

const ROOT = join(import.meta.dirname, '../..');
const started: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function start(...given: string[]) {
  const child = spawn(process.execPath, [join(ROOT, 'cli/main.ts'), ...given], { cwd: ROOT });
  started.push(child);
  const said = { out: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.errors += text));
  const ended = new Promise<number | null>(resolve => child.once('exit', resolve));
  return { child, said, ended };
}

async function until(condition: () => boolean | Promise<boolean>, what: () => string) {
  for (let tries = 0; tries < 600; tries++) {
    if (await condition()) return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error(`has not come: ${what()}`);
}

const get = async (port: number, path: string) => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: answer.status, text: await answer.text() };
};

describe('a verifier with a door', () => {
  it('says what it serves on one stream, how it is on the other, and ends in order', async () => {
    const port = await freePort();
    const door = `127.0.0.1:${port}`;
    const verifier = start(
      ...['verifier', '--listen', '127.0.0.1:0', '--operations', door, '--log-level', 'info'],
    );
    await until(
      () => verifier.said.out.includes('}'),
      () => verifier.said.errors,
    );
    expect(Object.keys(JSON.parse(verifier.said.out))).toEqual(['port']);
    expect((await get(port, '/healthz')).status).toBe(200);
    expect((await get(port, '/readyz')).status).toBe(200);
    const { text } = await get(port, '/metrics');
    expect(text).toContain('\noutrider_verifier_requests_total 0\n');
    verifier.child.kill('SIGTERM');
    expect(await verifier.ended).toBe(0);
    const lines = verifier.said.errors
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(lines).toMatchObject([
      { level: 'info', name: 'verifier', text: 'operations', address: door },
      { text: 'drain begins' },
      { text: 'drain ends', isComplete: true },
    ]);
  }, 90_000);

  it('ends where its start fails, or what does nothing would count as alive', async () => {
    const taken = createServer();
    await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const door = ['--operations', '127.0.0.1:0'];
    const verifier = start('verifier', '--listen', `127.0.0.1:${port}`, ...door);
    expect(await verifier.ended).not.toBe(0);
    expect(verifier.said.errors).toContain('EADDRINUSE');
    taken.close();
  }, 60_000);

  it('names an address that is none', async () => {
    const verifier = start('verifier', '--listen', '127.0.0.1:0', '--operations', 'here');
    expect(await verifier.ended).not.toBe(0);
    expect(verifier.said.errors).toContain('operations: here; give HOST:PORT');
  }, 60_000);
});

describe('a run with a door and traces', () => {
  it('shows its segments while it runs, and its traces reach a collector', async () => {
    const out = mkdtempSync(join(tmpdir(), 'outrider-door-'));
    const bodies: string[] = [];
    const collector = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        bodies.push(body);
        response.end('{}');
      });
    });
    await new Promise<void>(resolve => collector.listen(0, '127.0.0.1', resolve));
    const { port: at } = collector.address() as AddressInfo;
    const port = await freePort();
    const run = start(
      ...['run', '--duration', '20s', '--out', join(out, 'run')],
      ...['--operations', `127.0.0.1:${port}`, '--traces-every', '1'],
      ...['--traces', `http://127.0.0.1:${at}/v1/traces`],
    );
    let seen = '';
    const isThere = async () => {
      seen = await get(port, '/metrics').then(
        ({ text }) => text,
        () => '',
      );
      return seen.includes('outrider_segment_latency_seconds_count{segment="tick-to-provisional"');
    };
    await until(isThere, () => run.said.errors + seen);
    const bucket =
      /outrider_segment_latency_seconds_bucket\{le="\+Inf",segment="tick-to-provisional"\} \d/;
    expect(seen).toMatch(bucket);
    expect(seen).toMatch(/outrider_link_up\{link="verifier"\} 1/);
    await until(
      async () => (await get(port, '/readyz')).status === 200,
      () => run.said.errors,
    );
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    collector.close();
    const sent = bodies.join('\n');
    for (const name of ['tick to provisional', 'draft', 'decide', 'outrider-edge']) {
      expect(sent).toContain(`"${name}"`);
    }
    // Where a run is watched from is no input of its: its log says nothing of it.
    const log = join(out, 'run', 'edge.log');
    const text = readdirSync(log)
      .map(name => readFileSync(join(log, name), 'latin1'))
      .join('');
    expect(text).toContain('roundTripMs');
    expect(text).not.toContain('tracesEvery');
    rmSync(out, { recursive: true });
  }, 180_000);
});
