/** The load client's measurements of one acceptor: `native/crates/core/examples/fix_load`. */

import { z } from 'zod';
import { endOf, nextJson, startProgram } from '../replay/program.ts';
import { ROOT } from '../replay/results.ts';

const loadSchema = z.object({
  ...{ orders: z.int(), ordersPerSecond: z.number() },
  ...{ p50Ns: z.int(), p90Ns: z.int(), p99Ns: z.int(), p999Ns: z.int() },
  ...{ leastNs: z.int(), mostNs: z.int() },
});
export type Load = z.infer<typeof loadSchema>;

export type LoadOptions = { orders: number; window: number; warmUp: number };

const SECONDS_MAX = 120;
let nextSerial = 1;

/** Logs on, sends and logs out; ids of this process's loads never repeat. */
export async function measureLoad(
  client: string,
  port: number,
  { orders, window, warmUp }: LoadOptions,
): Promise<Load> {
  const parameters = [port, nextSerial, orders, window, warmUp].map(String);
  nextSerial += orders;
  const program = startProgram({
    name: 'fix_load',
    command: [client, ...parameters],
    folder: ROOT,
  });
  const load = loadSchema.parse(await nextJson(program, 'fix_load'));
  await endOf(program, 'fix_load', SECONDS_MAX);
  return load;
}
