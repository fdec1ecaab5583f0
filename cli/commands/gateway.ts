/** `outrider gateway`: the gateway as a process of its own, between one edge and one venue. */
import { OutriderError } from '#engine';
import { type FixAddress, STEP_VERSIONS, type TlsIdentity } from '#gateway';
import { type OperationsDoor, openOperations } from '../run/operations-door.ts';
import { OPERATIONS_KINDS, OPERATIONS_LINES, readOperations } from '../run/operations-options.ts';
import { PAIR_OPTION_KINDS, PAIR_OPTION_LINES, readPairOptions } from '../run/pair-options.ts';
import { hostPairedGateway, type PairedHostOptions } from '../run/paired-gateway-host.ts';
import { gatewayMetrics } from '../run/process-metrics.ts';
import { type GatewayHostOptions, hostGateway } from '../run/remote-gateway-host.ts';
import { GATEWAY_OPTIONS } from '../run/remote-wall-gateway.ts';
import { readTls, type TlsFiles } from '../run/tls-files.ts';
import { answerWatchdog } from '../run/watchdog.ts';
import { parseAddress } from './address.ts';
import { type Command, parseOptions } from './command.ts';
import { configKinds, configOf } from './config-options.ts';
import { configOptionLines } from './help.ts';
import { untilStopped } from './until-stopped.ts';

const OWN_KINDS = {
  ...({ listen: 'text', venue: 'text', stepVersion: 'text', snapshotRecords: 'text' } as const),
};

export const gatewayCommand: Command = {
  name: 'gateway',
  summary: 'risk and FIX for an edge: outrider gateway --listen H:P --venue H:P --out DIR',
  help: () =>
    [
      'usage: outrider gateway --listen HOST:PORT --venue HOST:PORT --out DIR [options]',
      '',
      '  --listen HOST:PORT           where the edge connects (`run --gateway`); port 0: any free',
      '  --venue HOST:PORT            the FIX 4.4 acceptor to trade at; a desk file may name it',
      '  --venue-authorities FILE     TLS to the venue, whose certificate one of these has signed',
      '  --certificate FILE           ours, where the venue asks for one, with --key FILE; all PEM',
      '  --out DIR                    gateway.log and fix/outbound.fix; an old log is gone on with',
      `  --step-version N             step by these rules: ${STEP_VERSIONS}; switches an old log`,
      '  --snapshot-records N         records between two snapshots in snapshots/ [1000000]',
      ...PAIR_OPTION_LINES,
      ...OPERATIONS_LINES,
      ...configOptionLines([...GATEWAY_OPTIONS, 'desk']),
      '',
      'Prints {"port":N} once it listens. An edge that is silent for a second is gone: its orders',
      'are cancelled, the FIX session lives on. Killed and started with the same DIR, it asks',
      'the venue how its orders stand. SIGTERM cancels, logs out and ends.',
    ].join('\n'),
  async run(given) {
    const settings = configKinds([...GATEWAY_OPTIONS, 'desk', 'out']);
    const files = { venueAuthorities: 'text', certificate: 'text', key: 'text' } as const;
    const own = { ...OWN_KINDS, ...files, ...PAIR_OPTION_KINDS, ...OPERATIONS_KINDS } as const;
    const { listen, venue, operations, logLevel, ...others } = parseOptions(given, {
      ...own,
      ...settings,
    }).values;
    const { stepVersion, snapshotRecords, venueAuthorities, certificate, key, ...more } = others;
    const { node, replicate, standbyOf, witness, leaseMs, durability, alone, ...further } = more;
    const { standbyTopic, brokers, brokersSecurity, ...values } = further;
    const tls = readTls({ authorities: venueAuthorities, certificate, key } as TlsFiles);
    const config = configOf(values);
    if (config.out === undefined) {
      throw new OutriderError('bad-usage', 'out: missing; give --out DIR');
    }
    const places = { node, replicate, standbyOf, witness, standbyTopic, brokers, brokersSecurity };
    const paired = { ...places, leaseMs, durability, alone };
    const pair = readPairOptions(paired, config);
    const door = await openOperations('gateway', readOperations({ operations, logLevel }));
    const options: GatewayHostOptions = {
      listen: parseAddress('listen', listen),
      venue: venueAddress(venue, tls, config.desk !== undefined),
      directory: config.out,
      config,
      stepVersion: readStepVersion(stepVersion),
      snapshotRecords: readSnapshotRecords(snapshotRecords),
      onProblem: door.problem,
    };
    if (pair !== undefined) return await runPaired({ ...options, pair }, door);
    const host = await hostGateway(options);
    if (door.metrics !== undefined) gatewayMetrics(door.metrics, host.state);
    console.log(JSON.stringify({ port: host.port }));
    await untilStopped();
    await door.drain(() => host.stop());
    return 0;
  },
};

/** Another may trade from now on: no socket of this process may outlive that. */
const LEASE_OVER_STATUS = 3;

async function runPaired(options: PairedHostOptions, door: OperationsDoor): Promise<number> {
  const host = await hostPairedGateway(options);
  if (door.metrics !== undefined) gatewayMetrics(door.metrics, host.state);
  answerWatchdog(options.pair.instance);
  const { port, replicationPort } = host;
  console.log(JSON.stringify({ port, replicationPort, pid: process.pid }));
  const reason = await Promise.race([host.stopped, untilStopped()]);
  if (reason !== undefined) {
    console.error(`pair: ${options.pair.node} ends: ${reason}`);
    process.exit(LEASE_OVER_STATUS);
  }
  await door.drain(() => host.stop());
  return 0;
}

function venueAddress(
  given: unknown,
  tls: TlsIdentity | undefined,
  hasDesk: boolean,
): FixAddress | undefined {
  if (given === undefined && hasDesk) return undefined;
  return { ...parseAddress('venue', given), tls };
}

function readStepVersion(given: unknown): number | undefined {
  if (given === undefined) return undefined;
  const version = STEP_VERSIONS.find(known => String(known) === given);
  if (version !== undefined) return version;
  const remedy = `give ${STEP_VERSIONS.join(' or ')}`;
  throw new OutriderError('bad-config', `stepVersion: ${String(given)} is not known; ${remedy}`);
}

function readSnapshotRecords(given: unknown): number | undefined {
  if (given === undefined) return undefined;
  const records = Number(given);
  if (Number.isSafeInteger(records) && records > 0) return records;
  throw new OutriderError('bad-config', `snapshotRecords: ${String(given)}; give 1 or more`);
}
