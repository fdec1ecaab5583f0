/** The verifier of a run: a process behind a forwarder that adds the labelled round trip. */
import type { Clock, Timers } from '#engine';
import type { RunConfig } from '../config.ts';
import { batchOf } from './batch.ts';
import { type Child, startChild } from './child-process.ts';

export type VerifierProcess = {
  /** Where the edge connects: the forwarder. */
  readonly port: number;
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** A new verifier in the place of one that was killed. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

export async function startVerifierProcess(
  config: RunConfig,
  ports: { clock: Clock; timers: Timers },
): Promise<VerifierProcess> {
  const { model, draft = model, threads, kernel, draftKernel, modelFolder } = config;
  const parameters = [
    ...['--model', model, '--draft', draft, '--batch', String(batchOf(config))],
    ...['--kernel', kernel, '--draft-kernel', draftKernel, '--threads', String(threads)],
    ...(modelFolder === undefined ? [] : ['--model-folder', modelFolder]),
  ];
  const start = (port: number) =>
    startChild(['verifier', '--listen', `127.0.0.1:${port}`, ...parameters], ports);
  let verifier: Child = await start(0);
  const { port } = verifier;
  const forwarder = await startChild(
    [
      'forward',
      ...['--listen', '127.0.0.1:0', '--target', `127.0.0.1:${port}`],
      ...['--one-way-ms', String(config.roundTripMs / 2)],
    ],
    ports,
  );
  return {
    port: forwarder.port,
    get pid() {
      return verifier.pid;
    },
    kill: signal => verifier.kill(signal),
    async restart() {
      await verifier.exited;
      verifier = await start(port);
    },
    async stop() {
      for (const child of [verifier, forwarder]) child.kill('SIGCONT');
      for (const child of [verifier, forwarder]) child.kill('SIGTERM');
      await Promise.all([verifier.exited, forwarder.exited]);
    },
  };
}
