/** `outrider verifier`: serves the target model to edges over TCP. */
import { clockFrom } from '#engine';
import { createTrie } from '#law';
import { createVerifierSession, serveVerifier, warmUp } from '#verifier';
import { batchOf } from '../run/batch.ts';
import { MODEL_OPTIONS, modelsOf } from '../run/models.ts';
import { openOperations } from '../run/operations-door.ts';
import { OPERATIONS_KINDS, OPERATIONS_LINES, readOperations } from '../run/operations-options.ts';
import { verifierMetrics } from '../run/process-metrics.ts';
import { parseAddress } from './address.ts';
import { type Command, parseOptions } from './command.ts';
import { configOf } from './config-options.ts';
import { configOptionLines } from './help.ts';
import { untilStopped } from './until-stopped.ts';

const OPTIONS = [...MODEL_OPTIONS, 'batch'] as const;
const PATHS_MAX = 256;
const MOVES_MAX = 32;
const BRANCHES_MAX = 64;

export const verifierCommand: Command = {
  name: 'verifier',
  summary: 'serves the target model to edges: outrider verifier --listen HOST:PORT',
  help: () =>
    [
      'usage: outrider verifier --listen HOST:PORT [options]',
      '',
      '  --listen HOST:PORT           where edges connect; port 0 lets the system choose',
      ...configOptionLines(OPTIONS),
      ...OPERATIONS_LINES,
      '',
      'Prints {"port":N} once it listens, and serves until it is stopped.',
    ].join('\n'),
  async run(given) {
    const kinds = Object.fromEntries(['listen', ...OPTIONS].map(name => [name, 'text'] as const));
    const own = { ...OPERATIONS_KINDS, ...kinds };
    const { listen, operations, logLevel, ...options } = parseOptions(given, own).values;
    const address = parseAddress('listen', listen);
    const config = configOf(options);
    const { target, draft } = modelsOf(config);
    // What cannot run says so now, not to the first edge.
    for (const model of [target, draft]) model?.openSession(createTrie(1));
    const door = await openOperations('verifier', readOperations({ operations, logLevel }));
    const clock = clockFrom(0);
    let isWarm = false;
    const server = await serveVerifier({
      ...address,
      clock,
      describe: {
        modelHash: target.hash,
        kernel: target.kernel,
        draftHash: draft?.hash ?? '',
        pathsMax: PATHS_MAX,
        movesMax: MOVES_MAX,
        branchesMax: BRANCHES_MAX,
      },
      createSession(terms) {
        const contextsPerPass = batchOf(config);
        const options = { target, draft, terms, clock, contextsPerPass, isLazy: false };
        const session = createVerifierSession(options);
        // Once a process: a frozen one thaws before a queue of edges, most of which gave up.
        if (!isWarm) warmUp(session, terms, clock);
        isWarm = true;
        return session;
      },
    });
    if (door.metrics !== undefined) verifierMetrics(door.metrics, server);
    console.log(JSON.stringify({ port: server.port }));
    await untilStopped();
    await door.drain(() => server.close());
    return 0;
  },
};
