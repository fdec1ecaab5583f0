/** What `deploy/` would start, held to the command line and to itself: no daemon starts it here. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandNamed } from '../dispatch.ts';
import { type DeployedProcess, readCompose, readKubernetes } from './deployment.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const DEPLOY = join(ROOT, 'deploy');
const compose = readCompose(join(DEPLOY, 'compose.yaml'));
const kubernetes = readKubernetes(join(DEPLOY, 'kubernetes'));
const both = Object.entries({ compose, kubernetes });

/** An order to stop is given this long inside (cli/run/operations-door.ts). */
const DRAIN_SECONDS = 20;
const REFUSED = '--no-such-option';
const OWN_PLACES = ['--listen', '--feed', '--operations', '--replicate'];
const FOREIGN_PLACES = ['--brokers', '--verifier', '--gateway', '--venue'];

const optionsOf = (command: readonly string[]) => command.filter(word => word.startsWith('--'));
const given = (command: readonly string[], option: string) => {
  const at = command.indexOf(option);
  return at < 0 ? undefined : command[at + 1];
};

/** The command's own parser reads up to an option that there is not. */
async function complaintOf([name, ...parameters]: readonly string[]): Promise<string> {
  const command = await commandNamed(name!);
  const refused = command.run([...parameters, REFUSED]);
  return await refused.then(
    () => 'it ran',
    (error: Error) => error.message,
  );
}

describe.each(both)('deploy/, %s', (_, { processes, hosts, dangling }) => {
  const ours = processes.filter(({ command }) => command.length > 0);
  const shape = ({ name, copies }: DeployedProcess) => `${name} ${copies}`;

  it('starts three brokers, a pair of gateways, and the others', () => {
    expect(processes.map(shape).toSorted()).toEqual([
      ...['edge 2', 'gateway 2', 'ingest 1', 'kafka 3', 'topics 1', 'venue 1', 'verifier 2'],
    ]);
  });

  it('refers to nothing that is not there', () => {
    expect(dangling).toEqual([]);
  });

  it('gives each command options that it knows', async () => {
    const commands = ours.flatMap(({ command, before }) => [command, ...before.filter(isWhole)]);
    for (const command of commands) {
      expect(await complaintOf(command), command.join(' ')).toContain(`'${REFUSED}'`);
    }
  });

  it('names hosts and ports that others have', () => {
    for (const { name, command } of ours) {
      for (const option of FOREIGN_PLACES) {
        for (const place of given(command, option)?.split(',') ?? []) {
          const [host, port] = place.split(':') as [string, string];
          expect([...hosts.keys()], `${name} ${option}`).toContain(host);
          const ports = hosts.get(host) ?? listened(processes, host);
          expect(ports, `${name} ${option} ${place}`).toContain(Number(port));
        }
      }
    }
  });

  it('probes the operations door of each process that has one', () => {
    for (const { name, command, probes } of ours) {
      const door = given(command, '--operations');
      const ports = probes.map(({ port }) => port);
      const paths = probes.map(({ path }) => path);
      if (door === undefined) expect(ports, name).toEqual([]);
      else expect(new Set(ports), name).toEqual(new Set([Number(door.split(':')[1])]));
      if (door !== undefined) expect(paths, name).toContain('/readyz');
    }
  });

  it('keeps what has to outlive a process on a volume, and secrets in files', () => {
    for (const { name, command, mounts } of ours) {
      for (const option of ['--out', '--credentials-file']) {
        const path = given(command, option);
        if (path === undefined) continue;
        expect(
          mounts.some(mount => `${path}/`.startsWith(`${mount}/`)),
          `${name} ${path}`,
        ).toBe(true);
      }
    }
  });

  it('leaves each process the time to end in order, and what it needs to run', () => {
    for (const { name, graceSeconds, hasRequests } of processes) {
      expect(graceSeconds, name).toBeGreaterThan(DRAIN_SECONDS);
      if (name !== 'topics') expect(hasRequests, name).toBe(true);
    }
  });
});

const isWhole = (command: readonly string[]) => command.length > 1;

/** In compose a process is reached at all that it listens at. */
function listened(processes: readonly DeployedProcess[], host: string): number[] {
  const name = host.replace(/-\d+$/, '');
  const { command } = processes.find(each => each.name === name)!;
  if (command.length === 0) return [9092];
  return OWN_PLACES.flatMap(option => given(command, option)?.split(':')[1] ?? []).map(Number);
}

it('the ports that a pod listens at are those that it declares', () => {
  for (const { name, command, ports } of kubernetes.processes) {
    const own = OWN_PLACES.flatMap(option => given(command, option) ?? []);
    // The feed of ingest is an exchange's, no place of its own.
    const places = own.filter(place => /:\d+$/.test(place));
    const listening = places.map(place => Number(place.split(':')[1]));
    if (command.length > 0) expect(ports.toSorted(), name).toEqual(listening.toSorted());
  }
});

it('compose and Kubernetes start the same commands, with the same images', () => {
  const seen = ({ processes }: typeof compose) =>
    processes
      .map(({ name, image, command, before }) => ({
        ...{ name, image, options: [command[0], ...optionsOf(command)] },
        waitsForTopics: before.some(([word]) => word === 'topics'),
      }))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  expect(seen(compose)).toEqual(seen(kubernetes));
});

it('the image has the pinned Node, and starts the command', () => {
  const text = readFileSync(join(DEPLOY, 'Dockerfile'), 'utf8');
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const bases = [...text.matchAll(/^FROM node:([\d.]+)-/gm)].map(([, version]) => version);
  expect(bases).toEqual([dependencies.node, dependencies.node]);
  const [, entry] = /^ENTRYPOINT \["node", "\/outrider\/(.+)"\]$/m.exec(text)!;
  expect(existsSync(join(ROOT, entry!))).toBe(true);
});
