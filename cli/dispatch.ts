/** The `outrider` command's table of contents. A command is loaded when it is asked for. */
import { OutriderError } from '#engine';
import type { Command } from './commands/command.ts';

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.ts')).runCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
  orders: async () => (await import('./commands/orders.ts')).ordersCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  'drop-copy': async () => (await import('./commands/drop-copy.ts')).dropCopyCommand,
  reference: async () => (await import('./commands/reference.ts')).referenceCommand,
  edge: async () => (await import('./commands/edge.ts')).edgeCommand,
  verifier: async () => (await import('./commands/verifier.ts')).verifierCommand,
  gateway: async () => (await import('./commands/gateway.ts')).gatewayCommand,
  witness: async () => (await import('./commands/witness.ts')).witnessCommand,
  watchdog: async () => (await import('./commands/watchdog.ts')).watchdogCommand,
  promote: async () => (await import('./commands/promote.ts')).promoteCommand,
  kill: async () => (await import('./commands/kill.ts')).killCommand,
  arm: async () => (await import('./commands/arm.ts')).armCommand,
  limits: async () => (await import('./commands/limits.ts')).limitsCommand,
  reconcile: async () => (await import('./commands/reconcile.ts')).reconcileCommand,
  sequence: async () => (await import('./commands/sequence.ts')).sequenceCommand,
  ask: async () => (await import('./commands/ask.ts')).askCommand,
  vouch: async () => (await import('./commands/vouch.ts')).vouchCommand,
  keys: async () => (await import('./commands/keys.ts')).keysCommand,
  ingest: async () => (await import('./commands/ingest.ts')).ingestCommand,
  record: async () => (await import('./commands/record.ts')).recordCommand,
  venue: async () => (await import('./commands/venue.ts')).venueCommand,
  topics: async () => (await import('./commands/topics.ts')).topicsCommand,
  forward: async () => (await import('./commands/forward.ts')).forwardCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  scenario: async () => (await import('./commands/scenario.ts')).scenarioCommand,
  bench: async () => (await import('./commands/bench.ts')).benchCommand,
  torture: async () => (await import('./commands/torture.ts')).tortureCommand,
  train: async () => (await import('./commands/train.ts')).trainCommand,
};

/** Throws `bad-usage` naming those there are. */
export async function commandNamed(name: string): Promise<Command> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load !== undefined) return await load();
  const names = Object.keys(COMMANDS).join(', ');
  throw new OutriderError('bad-usage', `command ${name}: unknown; the commands are ${names}`);
}

const HELP = new Set(['help', '--help', '-h']);

async function run([name = 'help', ...given]: readonly string[]): Promise<number> {
  if (HELP.has(name)) {
    const { helpText } = await import('./commands/help.ts');
    const commands = await Promise.all(Object.values(COMMANDS).map(load => load()));
    console.log(helpText(commands));
    return 0;
  }
  const command = await commandNamed(name);
  if (given.some(option => HELP.has(option) && option !== 'help')) {
    console.log(command.help());
    return 0;
  }
  return await command.run(given);
}

const USAGE_CODES = new Set(['bad-usage', 'bad-config']);

/** Exit status: 0 done, 1 the run or its check failed, 2 it was asked for in a wrong way. */
export async function dispatch(parameters: readonly string[]): Promise<number> {
  try {
    return await run(parameters);
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    console.error(`outrider: ${error.message}`);
    return USAGE_CODES.has(error.code) ? 2 : 1;
  }
}
